import type { Log } from '../../domain/ports/log.ts';
import type { Leader } from '../../domain/ports/upkeep/leadership.ts';
import { Trouble, type Failing } from '../failing.ts';

/** What the operator hears of who leads. Repeats of the same trouble are not told again. */
export class LeadershipReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;
  /** Of the last leader that was told. */
  #epoch: number | null = null;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'leadership: not known');
  }

  leads = (leader: Leader | null): void => {
    this.#trouble.over();
    this.#log.info({ epoch: leader?.epoch }, 'leadership: this daemon updates, publishes and maintains');
  };

  /** Heard at every look, told when it is another. */
  follows = (leader: Leader | null): void => {
    this.#trouble.over();
    if (leader === null || leader.epoch === this.#epoch) return;
    this.#epoch = leader.epoch;
    this.#log.info(
      { epoch: leader.epoch },
      `leadership: ${leader.name} updates, publishes and maintains; its files are fetched from ${leader.url}`,
    );
  };

  lost = (lastError: string | null): void => {
    const why = lastError ?? 'another daemon has taken it';
    this.#log.warn({ error: lastError }, `leadership: lost, what this daemon did for all ends: ${why}`);
  };

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
