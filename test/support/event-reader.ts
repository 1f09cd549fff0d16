import { request, type ClientRequest, type IncomingMessage } from 'node:http';

export interface StreamEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads server-sent events, as a browser does. */
export class EventReader {
  readonly events: StreamEvent[] = [];
  /** Of the last event that had one. */
  lastId: string | null = null;
  status = 0;
  headers: IncomingMessage['headers'] = {};
  /** What came instead of events. */
  body = '';
  isEnded = false;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;

  /** Resolves when the answer has begun. */
  static async open(
    url: string,
    lastId: string | null = null,
    more: Readonly<Record<string, string>> = {},
  ): Promise<EventReader> {
    const reader = new EventReader();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { ...more, ...(lastId !== null && { 'last-event-id': lastId }) };
      reader.#request = request(url, { headers, agent: false }, resolve).on('error', reject);
      reader.#request.end();
    });
    reader.#request?.removeAllListeners('error').on('error', () => (reader.isEnded = true));
    reader.#response = response;
    reader.status = response.statusCode ?? 0;
    reader.headers = response.headers;
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      if (reader.status !== 200) return void (reader.body += chunk);
      const parts = (text + chunk).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) reader.#take(part);
    });
    response.on('close', () => (reader.isEnded = true)).on('error', () => (reader.isEnded = true));
    return reader;
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request?.destroy();
  }

  #take(part: string): void {
    const field = (name: string) =>
      part
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? null;
    const data = field('data');
    if (data === null) return;
    const event = {
      id: field('id'),
      event: field('event') ?? 'message',
      data: JSON.parse(data) as StreamEvent['data'],
    };
    this.lastId = event.id ?? this.lastId;
    this.events.push(event);
  }
}
