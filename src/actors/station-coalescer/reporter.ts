import type { Log } from '../../domain/ports/log.ts';
import type { Ledger } from './ledger.ts';
import type { StationPool } from './pool.ts';
import type { SpoolKeeper } from './spool-keeper.ts';

/** What the station pool tells its operator: the spool's troubles, and the account, once a minute. */
export class StationsReporter {
  readonly #log: Log;
  readonly #ledger: Ledger;
  readonly #pool: StationPool;
  readonly #keeper: SpoolKeeper;
  #spoolError: string | null = null;

  constructor(log: Log, ledger: Ledger, pool: StationPool, keeper: SpoolKeeper) {
    this.#log = log;
    this.#ledger = ledger;
    this.#pool = pool;
    this.#keeper = keeper;
  }

  /** Why the spool cannot be written; null: it can. */
  get spoolError(): string | null {
    return this.#spoolError;
  }

  spoolOpened = ({ pending, parked }: { pending: number; parked: number }): void => {
    if (pending + parked === 0) return;
    this.#log.info(
      { pending, parked },
      `spool: ${pending} snapshots wait to be written, ${parked} are parked`,
    );
  };

  spool = (error: string | null): void => {
    if (error === this.#spoolError) return;
    if (error === null) this.#log.info({}, 'spool: writing again');
    else this.#log.error({ error }, `spool cannot be written, snapshots are held in memory: ${error}`);
    this.#spoolError = error;
  };

  /** The rate line: totals since the start, gauges of this moment. */
  rate = (): void => {
    const facts = this.gauges();
    const { received, accepted, written } = this.#ledger.totals;
    this.#log.info(
      facts,
      `received ${received}, accepted ${accepted}, written ${written}, pending ${facts.pending}, ` +
        `deferred ${facts.deferred}, parked ${facts.parked}, rejected ${sum(this.#ledger.totals.rejected)}`,
    );
  };

  gauges() {
    const { totals } = this.#ledger;
    const deferred = this.#pool.deferredCount;
    return {
      ...totals,
      /** Ever since the start; `parked` are those of this moment. */
      parkedTotal: totals.parked,
      pending: this.#pool.liveCount - deferred,
      deferred,
      spooled: this.#keeper.pendingCount,
      parked: this.#keeper.parkedCount,
    };
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
