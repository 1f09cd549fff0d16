import type { StagedBatch } from '../../domain/ports/market/feed.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { Failing } from '../failing.ts';

/** What the listener tells its operator: one line when the feed is lost, one when it is back. */
export class ListenerReporter {
  readonly #log: Log;
  readonly #feed: string;
  #error: string | null = null;
  #connected = false;
  #clockTrouble: string | null = null;
  #refusal: string | null = null;

  /** @param feed its description */
  constructor(log: Log, feed: string) {
    this.#log = log;
    this.#feed = feed;
  }

  /** The first time only. */
  connected = (): void => {
    if (this.#connected) return;
    this.#connected = true;
    this.#log.info({ feed: this.#feed }, `feed ${this.#feed}: connected`);
  };

  staged = (batch: StagedBatch, newUnknown: readonly string[]): void => {
    for (const name of newUnknown)
      this.#log.warn({ commodity: name }, `unknown commodity "${name}": its rows are left out`);
    for (const { reason, detail } of batch.samples)
      this.#log.debug({ reason, detail }, `rejected: ${reason}`);
  };

  decodeFailed = (error: string, messages: number): void => {
    this.#log.error({ error, messages }, `${messages} messages could not be decoded: ${error}`);
  };

  /** @param trouble null: all is well */
  clock = (trouble: string | null): void => {
    const wasWrong = this.#clockTrouble !== null;
    this.#clockTrouble = trouble;
    if (wasWrong === (trouble !== null)) return;
    if (trouble === null) this.#log.info({}, 'the local clock is right again');
    else this.#log.warn({}, `${trouble}: set it (NTP); until then the gateway's counts`);
  };

  /** @param trouble what is refused instead of being understood; null: enough is */
  understood = (trouble: string | null): void => {
    const wasWrong = this.#refusal !== null;
    this.#refusal = trouble;
    if (wasWrong === (trouble !== null)) return;
    if (trouble === null) this.#log.info({}, `feed ${this.#feed}: messages are understood again`);
    else {
      this.#log.error(
        { feed: this.#feed },
        `feed ${this.#feed}: ${trouble} (a new version of the schema, another compression? see whether there is an update of this program)`,
      );
    }
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
