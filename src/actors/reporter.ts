import type { StagedBatch } from '../domain/ports/feed.ts';
import type { Log } from '../domain/ports/log.ts';
import type { StoreInfo } from '../domain/ports/market-store.ts';
import type { PublishedExport } from '../machines/exporter.machine.ts';
import type { Ledger } from './station-coalescer/ledger.ts';
import type { SpoolKeeper } from './station-coalescer/spool-keeper.ts';
import type { StationPool } from './station-coalescer/pool.ts';

interface Failing {
  readonly attempt: number;
  readonly lastError: string | null;
}

/**
 * Everything the running system tells its operator, in one place: one line when something is lost, one when it is
 * back, one a minute in between. Repeats of the same trouble are not told again.
 */
export class Reporter {
  readonly #log: Log;
  readonly #ledger: Ledger;
  readonly #pool: StationPool;
  readonly #keeper: SpoolKeeper;
  #spoolError: string | null = null;
  #storeError: string | null = null;
  #feedError: string | null = null;
  #catalogueError: string | null = null;
  #exportError: string | null = null;

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

  staged = (batch: StagedBatch, newUnknown: readonly string[]): void => {
    for (const name of newUnknown)
      this.#log.warn({ commodity: name }, `unknown commodity "${name}": its rows are left out`);
    for (const { reason, detail } of batch.samples)
      this.#log.debug({ reason, detail }, `rejected: ${reason}`);
  };

  decodeFailed = (error: string, messages: number): void => {
    this.#log.error({ error, messages }, `${messages} messages could not be decoded: ${error}`);
  };

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

  storeOpened = (info: StoreInfo): void => {
    if (this.#storeError !== null) return;
    this.#log.info(
      { ...info },
      `database: ${info.description} (${info.generation}${info.created ? ', new' : ''})`,
    );
  };

  storeUnavailable = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#storeError) return;
    this.#storeError = lastError;
    this.#log.error(
      { attempt, error: lastError },
      `database not available, snapshots go to the spool: ${lastError ?? 'unknown error'}`,
    );
  };

  storeAvailable = ({ attempt }: Failing): void => {
    if (attempt > 0)
      this.#log.info({ attempts: attempt }, `database available again after ${attempt} attempts`);
    this.#storeError = null;
  };

  feedLost = (feed: string, { attempt, lastError }: Failing): void => {
    if (lastError === this.#feedError) return;
    this.#feedError = lastError;
    this.#log.warn(
      { feed, attempt, error: lastError },
      `feed ${feed}: ${lastError ?? 'lost'}; trying again, for ever`,
    );
  };

  feedHeard = (feed: string, { attempt, gaps }: { attempt: number; gaps: number }): void => {
    this.#feedError = null;
    this.#log.info({ feed, attempts: attempt, gaps }, `feed ${feed}: heard again after ${attempt} attempts`);
  };

  catalogueFresh = (commodities: number): void => {
    this.#catalogueError = null;
    this.#log.info({ commodities }, `catalogue: ${commodities} commodities`);
  };

  catalogueStale = ({ commodities, lastError }: Failing & { commodities: number }): void => {
    if (lastError === this.#catalogueError) return;
    this.#catalogueError = lastError;
    if (commodities > 0) {
      this.#log.info(
        { error: lastError },
        `catalogue: ${commodities} commodities from the cache; source not reached: ${lastError ?? ''}`,
      );
    } else {
      this.#log.warn(
        { error: lastError },
        `catalogue: none yet, snapshots are parked until it can be fetched: ${lastError ?? ''}`,
      );
    }
  };

  published = (published: PublishedExport | null): void => {
    this.#exportError = null;
    if (published === null) return;
    const { rows, stations, changed } = published;
    this.#log.info(
      { ...published },
      `listings-live.csv: ${rows} rows of ${stations} stations${changed ? '' : ', unchanged'}`,
    );
  };

  exportFailed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#exportError) return;
    this.#exportError = lastError;
    this.#log.error(
      { attempt, error: lastError },
      `listings-live.csv not published: ${lastError ?? 'unknown error'}`,
    );
  };

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
