import type { Log } from '../../domain/ports/log.ts';
import type { StationPool } from '../station-coalescer/pool.ts';

/** What supervisor and guardians tell their operator. */
export class SupervisorReporter {
  readonly #log: Log;
  readonly #pool: StationPool;

  constructor(log: Log, pool: StationPool) {
    this.#log = log;
    this.#pool = pool;
  }

  childCrashed = (
    name: string,
    { restarts, lastError }: { restarts: number; lastError: string | null },
  ): void => {
    this.#log.error(
      { child: name, restarts, error: lastError },
      `${name} crashed: ${lastError ?? 'unknown error'}`,
    );
  };

  draining = (): void => {
    const inFlight = this.#pool.liveCount;
    this.#log.info({ inFlight }, `stopping: ${inFlight} snapshots to write`);
  };

  deadline = (): void => {
    const inFlight = this.#pool.liveCount;
    this.#log.warn(
      { inFlight },
      `shutdown deadline: ${inFlight} snapshots go to the spool instead of the database`,
    );
  };
}
