import { isoTime } from '../../domain/timestamp.ts';
import { reportHistory, type HistoryReport } from '../historian/report.ts';
import type { LeadershipReport } from '../leadership/child.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import type { MaintenanceTask } from '../../domain/ports/upkeep/maintenance-window.ts';
import type { MarketStore, StoreStats } from '../../domain/ports/store/market-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { ActorBoard, ActorReport } from './actor-board.ts';
import type { Ledger, LedgerTotals } from '../station-coalescer/ledger.ts';
import type { StationPool } from '../station-coalescer/pool.ts';
import type { StationsReporter } from '../station-coalescer/reporter.ts';

export interface StatusDeps {
  readonly board: ActorBoard;
  readonly ledger: Ledger;
  readonly pool: StationPool;
  readonly reporter: StationsReporter;
  readonly store: Pick<MarketStore, 'stats'>;
  readonly time: Time;
  /** What is wrong although messages arrive. */
  readonly feedTroubles: () => readonly string[];
  /** When each task of the maintenance is due, epoch milliseconds; Infinity: never. */
  readonly maintenanceDue: () => Readonly<Record<MaintenanceTask, number>>;
  /** Null: no history is kept. */
  readonly historyDays: () => readonly HistoryDay[] | null;
  /** Null: no other daemon shares the database. */
  readonly leadership: () => LeadershipReport | null;
}

/** Markets by where they are. */
interface MarketGauges {
  /** In memory, on their way to the database. */
  readonly pending: number;
  /** In memory, waiting out a backoff. */
  readonly deferred: number;
  /** Of those in memory, asking to be written. */
  readonly queued: number;
  /** In the spool, to be written. */
  readonly spooled: number;
  readonly parked: number;
}

export interface SystemReport {
  /** Why it is not ready; empty: it is. */
  readonly notReady: readonly string[];
  readonly actors: readonly ActorReport[];
  readonly totals: LedgerTotals;
  /** Snapshots in memory: with them the totals add up. */
  readonly held: number;
  readonly markets: MarketGauges;
  /** When it is due next, ISO 8601, UTC; null: never. */
  readonly maintenance: Readonly<Record<MaintenanceTask, string | null>>;
  /** Null: none is kept. */
  readonly history: HistoryReport | null;
  /** Null: no other daemon shares the database. */
  readonly leadership: LeadershipReport | null;
  /** Of all accepted ones the newest by observation; times in ISO 8601, UTC. */
  readonly newestSnapshot: { readonly observedAt: string; readonly receivedAt: string } | null;
  /** Read at `readAt`; null until somebody asked while the database worked. */
  readonly database: (StoreStats & { readonly readAt: string }) | null;
}

/** The least time between two counts of the database, which may take long. */
const COUNT_EVERY_MS = 30_000;
/** A count may take this part of the time. */
const COUNT_SHARE = 0.02;

/** What health, status and metrics tell. States are those of this moment; figures of the database may be older. */
export class SystemStatus {
  readonly #deps: StatusDeps;
  #database: SystemReport['database'] = null;
  #nextCountMs = 0;
  #counting = false;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
  }

  /** Whether what is asked of it is done. */
  phase(): 'starting' | 'running' | 'stopping' {
    const { board } = this.#deps;
    if (board.is('supervisor', 'ready')) return 'running';
    return board.report('supervisor') === null || board.is('supervisor', 'starting')
      ? 'starting'
      : 'stopping';
  }

  notReady(): string[] {
    const { board, reporter } = this.#deps;
    if (!board.is('supervisor', 'ready'))
      return [`system: ${board.report('supervisor')?.state ?? 'booting'}`];
    const reasons: string[] = [];
    if (reporter.spoolError !== null) reasons.push(`spool: ${reporter.spoolError}`);
    // While a maintenance window is open, too: what arrives waits, files are served.
    if (!this.#isWell('writer')) reasons.push(`database: ${troubleOf(board.report('writer'))}`);
    if (!this.#isWell('listener')) reasons.push(`feed: ${troubleOf(board.report('listener'))}`);
    for (const trouble of this.#deps.feedTroubles()) reasons.push(`feed: ${trouble}`);
    return reasons;
  }

  /** An attempt is no success: what has failed is not well until it has forgotten its error. */
  #isWell(name: 'writer' | 'listener'): boolean {
    const { board } = this.#deps;
    return board.is(name, 'ready') && board.report(name)?.lastError?.active !== true;
  }

  report(): SystemReport {
    const { board, ledger, pool, reporter } = this.#deps;
    const { purge, optimize } = this.#deps.maintenanceDue();
    this.#count();
    const { held, pending, deferred, spooled, parked } = reporter.gauges();
    const { newest } = ledger;
    return {
      notReady: this.notReady(),
      actors: board.reports(),
      totals: ledger.totals,
      held,
      markets: { pending, deferred, queued: pool.queuedCount, spooled, parked },
      maintenance: { purge: dueAt(purge), optimize: dueAt(optimize) },
      history: reportHistory(this.#deps.historyDays()),
      leadership: this.#deps.leadership(),
      newestSnapshot: newest && {
        observedAt: isoTime(newest.observedAtS),
        receivedAt: new Date(newest.receivedAtMs).toISOString(),
      },
      database: this.#database,
    };
  }

  /** Has the database counted in the background, if it is time and the database is to be had. */
  #count(): void {
    const { board, store, time } = this.#deps;
    const beganMs = time.now();
    if (this.#counting || beganMs < this.#nextCountMs) return;
    if (!board.is('writer', 'databaseUsable')) return;
    this.#counting = true;
    store
      .stats()
      .then((stats) => (this.#database = { ...stats, readAt: new Date(time.now()).toISOString() }))
      // The writer meets the same trouble and tells it.
      .catch(() => undefined)
      .finally(() => {
        this.#counting = false;
        const tookMs = time.now() - beganMs;
        this.#nextCountMs = time.now() + Math.max(COUNT_EVERY_MS, tookMs / COUNT_SHARE);
      });
  }
}

function dueAt(dueAtMs: number): string | null {
  return Number.isFinite(dueAtMs) ? new Date(dueAtMs).toISOString() : null;
}

function troubleOf(actor: ActorReport | null): string {
  if (actor === null) return 'not started';
  return actor.lastError?.active === true ? `${actor.state}: ${actor.lastError.message}` : actor.state;
}
