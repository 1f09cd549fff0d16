import type { Log } from '../../domain/ports/log.ts';
import type { Failing } from '../failing.ts';

/** What the catalogue tells its operator. Repeats of the same trouble are not told again. */
export class CatalogueReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  fresh = (commodities: number): void => {
    this.#error = null;
    this.#log.info({ commodities }, `catalogue: ${commodities} commodities`);
  };

  stale = ({ commodities, lastError }: Failing & { commodities: number }): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    if (commodities > 0) {
      this.#log.info(
        { error: lastError },
        `catalogue: ${commodities} commodities, as known before; source not reached: ${lastError ?? ''}`,
      );
    } else {
      this.#log.warn(
        { error: lastError },
        `catalogue: none yet, snapshots are parked until it can be fetched: ${lastError ?? ''}`,
      );
    }
  };
}
