import type { StagedBatch } from '../../domain/ports/feed.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { Failing } from '../failing.ts';

/** What the listener tells its operator: one line when the feed is lost, one when it is back. */
export class ListenerReporter {
  readonly #log: Log;
  readonly #feed: string;
  #error: string | null = null;

  /** @param feed its description */
  constructor(log: Log, feed: string) {
    this.#log = log;
    this.#feed = feed;
  }

  staged = (batch: StagedBatch, newUnknown: readonly string[]): void => {
    for (const name of newUnknown)
      this.#log.warn({ commodity: name }, `unknown commodity "${name}": its rows are left out`);
    for (const { reason, detail } of batch.samples)
      this.#log.debug({ reason, detail }, `rejected: ${reason}`);
  };

  decodeFailed = (error: string, messages: number): void => {
    this.#log.error({ error, messages }, `${messages} messages could not be decoded: ${error}`);
  };

  lost = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.warn(
      { feed: this.#feed, attempt, error: lastError },
      `feed ${this.#feed}: ${lastError ?? 'lost'}; trying again, for ever`,
    );
  };

  heard = ({ attempt, gaps }: { attempt: number; gaps: number }): void => {
    this.#error = null;
    this.#log.info(
      { feed: this.#feed, attempts: attempt, gaps },
      `feed ${this.#feed}: heard again after ${attempt} attempts`,
    );
  };
}
