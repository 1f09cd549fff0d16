import type { Log } from '../../domain/ports/log.ts';
import type { Leader } from '../../domain/ports/upkeep/leadership.ts';
import type { Failing } from '../failing.ts';

/** What the operator hears of who leads. Repeats of the same trouble are not told again. */
export class LeadershipReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  leads = (leader: Leader | null): void => {
    this.#error = null;
    this.#log.info({ epoch: leader?.epoch }, 'leadership: this daemon updates, publishes and maintains');
  };

  follows = (leader: Leader | null): void => {
    this.#error = null;
    if (leader === null) return;
    this.#log.info(
      { epoch: leader.epoch },
      `leadership: ${leader.name} updates, publishes and maintains; its files are fetched from ${leader.url}`,
    );
  };

  lost = (lastError: string | null): void => {
    const why = lastError ?? 'another daemon has taken it';
    this.#log.warn({ error: lastError }, `leadership: lost, what this daemon did for all ends: ${why}`);
  };

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `leadership: not known: ${lastError ?? 'unknown error'}`);
  };
}
