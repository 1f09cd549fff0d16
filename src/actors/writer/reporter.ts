import type { Log } from '../../domain/ports/log.ts';
import type { StoreInfo } from '../../domain/ports/store/market-store.ts';
import { reasonKind } from '../../domain/refusals.ts';
import type { WriteReport } from '../../machines/market/writer.machine.ts';
import { Trouble, type Failing } from '../failing.ts';

/** Of refusals: as many are remembered. */
const MAX_REASONS = 100;

/** What the writer tells its operator of the database. Repeats of the same trouble are not told again. */
export class WriterReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;
  readonly #reasons = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'database not available, snapshots go to the spool');
  }

  opened = (info: StoreInfo): void => {
    if (this.#trouble.isTold) return;
    this.#log.info(
      { ...info },
      `database: ${info.description} (${info.generation}${info.created ? ', new' : ''})`,
    );
  };

  unavailable = (failing: Failing): void => this.#trouble.tell(failing);

  available = ({ attempt }: Failing): void => {
    if (attempt > 0)
      this.#log.info({ attempts: attempt }, `database available again after ${attempt} attempts`);
    this.#trouble.over();
  };

  /** Once a reason. */
  refused = (report: WriteReport): void => {
    if (report.status !== 'done' || report.refusal === undefined) return;
    const kind = reasonKind(report.refusal);
    if (this.#reasons.has(kind) || this.#reasons.size === MAX_REASONS) return;
    this.#reasons.add(kind);
    this.#log.warn(
      { reason: report.refusal },
      `the database refuses some markets, each is tried again and then parked; told once a reason: ${report.refusal}`,
    );
  };
}
