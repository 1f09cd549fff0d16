/**
 * A thousand subscribers in a process of their own: told by its parent who they are. Tells it when all are there, and of
 * some of them which message came when; ends when its parent does.
 */
import { get } from 'node:http';

export interface Crowd {
  /** Of the HTTP server. */
  readonly url: string;
  /** Paths of streams: who measures, who only takes what comes, and who takes nothing. */
  readonly measured: readonly string[];
  readonly taking: readonly string[];
  readonly stuck: readonly string[];
  /** The good by whose price messages are known. */
  readonly tracerId: number;
}

export type ListenersTold =
  | { readonly listening: number }
  /** Pairs of message number and epoch milliseconds; how many of those who take were dropped. */
  | { readonly seen: readonly (readonly [number: number, atMs: number])[]; readonly dropped: number };

const TELL_MS = 1_000;
const OPEN_AT_ONCE = 50;

process.once('message', (crowd: Crowd) => void listen(crowd));

async function listen({ url, measured, taking, stuck, tracerId }: Crowd): Promise<void> {
  const tracer = new RegExp(`"commodityId":${tracerId},[^}]*?"sellPrice":(\\d+)`);
  let seen: [number, number][] = [];
  let dropped = 0;
  let listening = 0;
  const tell = (told: ListenersTold) => process.send?.(told);

  const openOne = (path: string, kind: 'measured' | 'taking' | 'stuck') =>
    new Promise<void>((resolve) => {
      get(`${url}${path}`, { agent: false }, (response) => {
        listening += 1;
        resolve();
        response.on('error', () => undefined);
        response.on('close', () => {
          if (kind !== 'stuck') dropped += 1;
          else void openOne(path, kind);
        });
        if (kind === 'stuck') response.pause();
        else if (kind === 'taking') response.resume();
        else measure(response.setEncoding('utf8'));
      }).on('error', () => {
        dropped += 1;
        resolve();
      });
    });

  function measure(response: NodeJS.ReadableStream): void {
    let text = '';
    response.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const number = tracer.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (number !== undefined) seen.push([Number(number), performance.timeOrigin + performance.now()]);
      }
    });
  }

  const all = [
    ...measured.map((path) => [path, 'measured'] as const),
    ...taking.map((path) => [path, 'taking'] as const),
    ...stuck.map((path) => [path, 'stuck'] as const),
  ];
  for (let at = 0; at < all.length; at += OPEN_AT_ONCE) {
    await Promise.all(all.slice(at, at + OPEN_AT_ONCE).map(([path, kind]) => openOne(path, kind)));
  }
  tell({ listening });
  setInterval(() => {
    tell({ seen, dropped });
    seen = [];
  }, TELL_MS);
  process.once('disconnect', () => process.exit());
}
