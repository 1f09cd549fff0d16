import type { ServerResponse } from 'node:http';
import type { Inspection, InspectionRecord } from '../../domain/ports/upkeep/inspection.ts';

export interface StreamOptions {
  readonly inspection: Inspection;
  /** Told once for each page that was dropped. */
  readonly reportSlow: () => void;
}

const FLUSH_MS = 100;
const POOL_MS = 1_000;
/** Records that wait for the next flush; older ones give way. */
const MAX_WAITING = 5_000;
/** What may still wait for one page when there is more to tell. The system's socket buffers come on top. */
const MAX_BUFFERED_BYTES = 2 * 1024 * 1024;
const MAX_PAGES = 8;
/** Of so many dropped pages is remembered that they were. */
const MAX_REMEMBERED = 50;

/**
 * The live stream to the open pages, as server-sent events: `hello`, then `records`, `actors` and `pool`, and
 * `detached` at the end. Records are gathered and written once in a while, the same bytes to every page. A page that
 * does not keep up is disconnected: memory is bounded whatever pages do.
 */
export class LiveStream {
  readonly #inspection: Inspection;
  readonly #reportSlow: () => void;
  readonly #pages = new Map<ServerResponse, string>();
  readonly #droppedPages = new Set<string>();
  readonly #unsubscribe: () => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #waiting: InspectionRecord[] = [];

  constructor({ inspection, reportSlow }: StreamOptions) {
    this.#inspection = inspection;
    this.#reportSlow = reportSlow;
    this.#unsubscribe = inspection.subscribe((record) => {
      if (this.#pages.size === 0) return;
      this.#waiting.push(record);
      if (this.#waiting.length > MAX_WAITING * 2) this.#waiting = this.#waiting.slice(-MAX_WAITING);
    });
    this.#timers = [
      setInterval(() => this.#flush(), FLUSH_MS).unref(),
      setInterval(() => this.#tellPool(), POOL_MS).unref(),
    ];
  }

  get isFull(): boolean {
    return this.#pages.size >= MAX_PAGES;
  }

  /** @param page how the page calls itself, to be told after it was dropped */
  open(response: ServerResponse, page: string): void {
    this.#flush();
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    const { actors, recent, followed } = {
      actors: this.#inspection.actors(),
      recent: this.#inspection.recent(),
      followed: this.#inspection.followed,
    };
    this.#pages.set(response, page);
    response.on('close', () => this.#pages.delete(response));
    const dropped = this.#droppedPages.delete(page);
    response.write(message('hello', { actors, records: recent, followed, dropped }));
    response.write(message('pool', this.#inspection.pool()));
  }

  /** The whole tree anew: actors may have left it without an end. */
  tellActors(): void {
    this.#flush();
    this.#send('actors', { actors: this.#inspection.actors(), followed: this.#inspection.followed });
  }

  close(): void {
    this.#flush();
    this.#unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    for (const response of this.#pages.keys()) response.end(message('detached', {}));
  }

  #tellPool(): void {
    if (this.#pages.size > 0) this.#send('pool', this.#inspection.pool());
  }

  #flush(): void {
    const records = this.#waiting;
    if (records.length === 0) return;
    this.#waiting = [];
    this.#send('records', records.slice(-MAX_WAITING));
  }

  #send(event: string, data: unknown): void {
    const bytes = message(event, data);
    for (const [response, page] of this.#pages) {
      if (response.writableLength > MAX_BUFFERED_BYTES) this.#drop(response, page);
      else response.write(bytes);
    }
  }

  #drop(response: ServerResponse, page: string): void {
    this.#pages.delete(response);
    response.destroy();
    this.#droppedPages.add(page);
    for (const oldest of this.#droppedPages) {
      if (this.#droppedPages.size <= MAX_REMEMBERED) break;
      this.#droppedPages.delete(oldest);
    }
    this.#reportSlow();
  }
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
