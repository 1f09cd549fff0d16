import type { Log } from '../../domain/ports/log.ts';
import type { MadeDelta } from '../../domain/ports/publishing/delta-publisher.ts';
import { Trouble, type Failing } from '../failing.ts';

/** What the delta publisher tells its operator. Repeats of the same trouble are not told again. */
export class DeltaReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'deltas: none made');
  }

  made = (made: MadeDelta | null): void => {
    this.#trouble.over();
    if (made === null) return;
    const { kind, delta, isBroken } = made;
    if (isBroken) {
      this.#log.warn(
        { kind },
        `deltas: the change log does not reach back to the last ${kind} one; who follows them begins with the next full file`,
      );
    }
    if (delta === null) return;
    const { name, fromSeq, toSeq, rows, stations, emptied } = delta;
    this.#log.info(
      { ...delta },
      `deltas: ${name}, changes ${fromSeq + 1} to ${toSeq}: ${rows} rows of ${stations} stations, ${emptied} emptied`,
    );
  };

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
