import type { Log } from '../../domain/ports/log.ts';
import { sum, type Ledger } from './ledger.ts';
import type { StationPool } from './pool.ts';
import type { SpoolKeeper } from './spool-keeper.ts';

/** What the station pool tells its operator: the spool's troubles, and the account, once a minute. */
export class StationsReporter {
  readonly #log: Log;
  readonly #ledger: Ledger;
  readonly #pool: StationPool;
  readonly #keeper: SpoolKeeper;
  #spoolError: string | null = null;
  #hasWritten = false;

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

  /** The first time only. */
  written = (): void => {
    if (this.#hasWritten) return;
    this.#hasWritten = true;
    this.#log.info({}, 'the first market is in the database');
  };

  /** The rate line: the account since the start, which adds up, and gauges of this moment. */
  rate = (): void => {
    const facts = this.gauges();
    const { totals } = this.#ledger;
    this.#log.info(
      facts,
      `received ${totals.received} + restored ${totals.restored} = learned ${totals.learned} + ` +
        `written ${totals.written} + stale ${totals.stale} + superseded ${totals.superseded} + spilled ${totals.spilled} + ` +
        `ever parked ${totals.everParked} + rejected ${sum(totals.rejected)} + held ${facts.held}; ` +
        `now pending ${facts.pending}, deferred ${facts.deferred}, spooled ${facts.spooled}, parked ${facts.parked}`,
    );
  };

  gauges() {
    const deferred = this.#pool.deferredCount;
    return {
      ...this.#ledger.totals,
      held: this.#pool.heldCount,
      pending: this.#pool.liveCount - deferred,
      deferred,
      spooled: this.#keeper.pendingCount,
      parked: this.#keeper.parkedCount,
    };
  }
}
