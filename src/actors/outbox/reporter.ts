import type { Log } from '../../domain/ports/log.ts';
import type { RefillReason } from '../../machines/publishing/outbox.machine.ts';
import { Trouble, type Failing } from '../failing.ts';

const REASONS: Readonly<Record<RefillReason, string>> = {
  empty: 'it has nothing of this database',
  unfinished: 'filling it was not ended',
  otherLog: 'the change log began anew',
  trimmed: 'it was told nothing for longer than the change log is kept',
};

/** What the outbox tells its operator. Repeats of the same trouble are not told again. */
export class OutboxReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'broker: not told');
  }

  told = (): void => {
    if (this.#trouble.isTold) this.#log.info({}, 'broker: told again, from where it was told to');
    this.#trouble.over();
  };

  refill = ({ refill }: { readonly refill: RefillReason }): void => {
    this.#trouble.over();
    this.#log.info({ reason: refill }, `broker: filled anew, for ${REASONS[refill]}`);
  };

  filled = ({ marketsFilled }: { readonly marketsFilled: number }): void => {
    this.#trouble.over();
    this.#log.info({ markets: marketsFilled }, `broker: filled, ${marketsFilled} markets`);
  };

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
