import { setTimeout as sleep } from 'node:timers/promises';
import { EventReader } from './event-reader.ts';
import { Follower } from './follower.ts';
import { until } from './until.ts';

/** How long one server is listened to. */
const STAY_MS = 1_500;
/** A server that does not answer by then is left. */
const PATIENCE_MS = 1_000;

/** Listens to one of several servers after the other, and resumes at each where the one before had come to. */
export class MovingSubscriber {
  moves = 0;
  readonly #urls: readonly string[];
  readonly #follower = new Follower();

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#visit(() => signal.aborted);
  }

  /** Goes on until what has been told is so. */
  async until(isSo: (markets: Follower['markets']) => boolean): Promise<void> {
    await until(async () => {
      await this.#visit(() => isSo(this.#follower.markets));
      return isSo(this.#follower.markets);
    });
  }

  /** Everything that comes from the next server, until that is so, or the visit is over. */
  async #visit(isOver: () => boolean): Promise<void> {
    const url = this.#urls[this.moves++ % this.#urls.length] ?? '';
    const opening = EventReader.open(url, this.#follower.lastId).catch(() => null);
    const reader = await Promise.race([opening, sleep(PATIENCE_MS, null)]);
    if (reader === null) {
      // A frozen one answers when it goes on: nobody listens by then.
      void opening.then((late) => late?.close());
      await sleep(50);
      return;
    }
    const endMs = performance.now() + STAY_MS;
    while (!isOver() && !reader.isEnded && performance.now() < endMs) {
      await sleep(25);
      this.#follower.take(reader.events);
    }
    reader.close();
  }
}
