import type { Log } from '../../domain/ports/log.ts';
import type { MadeDelta } from '../../domain/ports/publishing/delta-publisher.ts';
import type { Failing } from '../failing.ts';

/** What the delta publisher tells its operator. Repeats of the same trouble are not told again. */
export class DeltaReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  made = (made: MadeDelta | null): void => {
    this.#error = null;
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

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `deltas: none made: ${lastError ?? 'unknown error'}`);
  };
}
