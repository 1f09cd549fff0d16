/**
 * Asks over HTTP in a process of its own, each question when it is due whether earlier ones are answered or not, and
 * tells how long each took until its last byte was there. Of an answer nothing is kept: a client that makes texts of
 * them collects garbage while others are on their way, and counts what that takes as theirs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

export interface Asked {
  readonly urls: readonly string[];
  readonly perSecond: number;
}

/** Milliseconds of each question, in their order. */
export type Answered = readonly number[];

process.once('message', ({ urls, perSecond }: Asked) => {
  void askAll(urls, perSecond).then((answered) => process.send!(answered, () => process.disconnect()));
});

async function askAll(urls: readonly string[], perSecond: number): Promise<Answered> {
  const agent = new Agent({ connections: 64, pipelining: 1 });
  const parsed = urls.map((url) => new URL(url));
  const startMs = performance.now();
  const asked: Promise<number>[] = [];
  for (const [i, url] of parsed.entries()) {
    await sleep(Math.max(0, startMs + (i * 1_000) / perSecond - performance.now()));
    asked.push(ask(url, agent));
  }
  const answered = await Promise.all(asked);
  await agent.close();
  return answered;
}

function ask({ href, origin, pathname, search }: URL, agent: Agent): Promise<number> {
  const startMs = performance.now();
  return new Promise((answered, failed) => {
    agent.dispatch(
      { origin, path: pathname + search, method: 'GET' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => {
          if (status !== 200) failed(new Error(`${href}: ${status}`));
        },
        onResponseData: () => undefined,
        onResponseEnd: () => answered(performance.now() - startMs),
        onResponseError: (_, error) => failed(error),
      },
    );
  });
}
