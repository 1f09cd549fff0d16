import type { Log } from '../../domain/ports/log.ts';
import type { MaintenanceTask } from '../../domain/ports/upkeep/maintenance-window.ts';
import { onClocks } from '../../domain/active-hours.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';

/** What the maintenance tells its operator. Repeats are not told again. */
export class MaintenanceReporter {
  readonly #log: Log;
  #toldOpening = 0;
  #toldDeferred = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param opensAtMs epoch milliseconds. @param zone whose clocks it is told on */
  outsideHours = (opensAtMs: number, zone: string): void => {
    if (opensAtMs === this.#toldOpening) return;
    this.#toldOpening = opensAtMs;
    this.#log.info(
      { opensAtMs },
      `maintenance: outside the active hours, which begin at ${onClocks(opensAtMs, zone)}`,
    );
  };

  deferred = (): void => {
    if (this.#toldDeferred) return;
    this.#toldDeferred = true;
    this.#log.info({}, 'maintenance: waits until the Spansh import has ended');
  };

  began = (task: MaintenanceTask): void => {
    this.#toldDeferred = false;
    const what = task === 'purge' ? 'purging old rows' : 'optimizing the database';
    this.#log.info({ task }, `maintenance: ${what}; the feed goes on, writing waits`);
  };

  purging = (rows: number): void => {
    this.#log.debug({ rows }, `maintenance: ${rows} rows purged so far`);
  };

  purged = (rows: number, olderThanS: number, ms: number): void => {
    this.#log.info(
      { rows, olderThanS, ms },
      `maintenance: purged ${rows} rows observed before ${formatTimestamp(olderThanS)} UTC in ${seconds(ms)}`,
    );
  };

  notPurged = (objection: string): void => {
    this.#log.warn(
      { objection },
      `maintenance: nothing is purged: ${objection} (check the clock; if it is right: tdl purge --force)`,
    );
  };

  optimized = (ms: number): void => {
    this.#log.info({ ms }, `maintenance: database optimized and analyzed in ${seconds(ms)}`);
  };

  failed = ({ attempt, lastError }: { attempt: number; lastError: string | null }): void => {
    this.#log.error(
      { attempt, error: lastError },
      `maintenance failed, it is tried again: ${lastError ?? 'unknown error'}`,
    );
  };

  unusable = (error: string): void => {
    this.#log.warn({ error }, `maintenance: the database is not optimized: ${error}`);
  };

  notNoted = (task: MaintenanceTask, error: string): void => {
    this.#log.warn({ task, error }, `maintenance: the time of this ${task} is not kept: ${error}`);
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
