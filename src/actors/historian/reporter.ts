import { dayName } from '../../domain/history/days.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import { Trouble, type Failing } from '../failing.ts';

/** What the historian tells its operator. Repeats of the same trouble are not told again. */
export class HistorianReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;
  /** The last day whose gap was told. */
  #told: string | null = null;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'history: not recorded');
  }

  followed = (days: readonly HistoryDay[]): void => {
    this.#trouble.over();
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

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
