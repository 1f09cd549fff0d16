/**
 * Asks over HTTP in a process of its own, each question when it is due whether earlier ones are answered or not, and
 * tells how long each took.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

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
  const startMs = performance.now();
  const asked: Promise<number>[] = [];
  for (const [i, url] of urls.entries()) {
    await sleep(Math.max(0, startMs + (i * 1_000) / perSecond - performance.now()));
    asked.push(ask(url, agent));
  }
  const answered = await Promise.all(asked);
  await agent.close();
  return answered;
}

async function ask(url: string, dispatcher: Agent): Promise<number> {
  const startMs = performance.now();
  const { statusCode, body } = await request(url, { dispatcher });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text.slice(0, 200)}`);
  return performance.now() - startMs;
}
