import type { Log } from '../../domain/ports/log.ts';
import type { RefillReason } from '../../machines/publishing/outbox.machine.ts';
import type { Failing } from '../failing.ts';

const REASONS: Readonly<Record<RefillReason, string>> = {
  empty: 'it has nothing of this database',
  unfinished: 'filling it was not ended',
  otherLog: 'the change log began anew',
  trimmed: 'it was told nothing for longer than the change log is kept',
};

/** What the outbox tells its operator. Repeats of the same trouble are not told again. */
export class OutboxReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  told = (): void => {
    if (this.#error !== null) this.#log.info({}, 'broker: told again, from where it was told to');
    this.#error = null;
  };

  refill = ({ refill }: { readonly refill: RefillReason }): void => {
    this.#error = null;
    this.#log.info({ reason: refill }, `broker: filled anew, for ${REASONS[refill]}`);
  };

  filled = ({ marketsFilled }: { readonly marketsFilled: number }): void => {
    this.#error = null;
    this.#log.info({ markets: marketsFilled }, `broker: filled, ${marketsFilled} markets`);
  };

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `broker: not told: ${lastError ?? 'unknown error'}`);
  };
}
