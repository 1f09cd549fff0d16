import { dayName } from '../../domain/history/days.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import type { Failing } from '../failing.ts';

/** What the historian tells its operator. Repeats of the same trouble are not told again. */
export class HistorianReporter {
  readonly #log: Log;
  #error: string | null = null;
  /** The last day whose gap was told. */
  #told: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  followed = (days: readonly HistoryDay[]): void => {
    this.#error = null;
    const running = days.at(-1);
    if (running === undefined || running.gap === null) return;
    const { day, gap } = running;
    if (this.#told === (this.#told = `${day} ${gap}`)) return;
    this.#log.info({ day: dayName(day), gap }, `history: ${dayName(day)} will not be whole: ${gap}`);
  };

  closed = (closed: HistoryDay | null): void => {
    if (closed === null) return;
    const { day, gap, changes, bytes } = closed;
    const size = `${changes} changes, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
    this.#log.info(
      { ...closed, day: dayName(day) },
      `history: ${dayName(day)} closed, ${size}${gap === null ? '' : `; not whole: ${gap}`}`,
    );
  };

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `history: not recorded: ${lastError ?? 'unknown error'}`);
  };
}
