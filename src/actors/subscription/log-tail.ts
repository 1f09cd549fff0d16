import { updateOf, type Update } from '../../domain/push/update.ts';
import type { Change } from '../../domain/ports/store/changes.ts';
import type { LogPosition, PrepareTelling } from '../../domain/ports/publishing/push.ts';
import type { MarketRecord, Queries } from '../../domain/ports/store/queries.ts';
import type { Watch } from '../../domain/push/watch.ts';
import type { RecentMarkets } from './recent-markets.ts';
import { snapshotOf } from './snapshot.ts';

/** Entries that are looked at together. */
const ENTRIES_AT_ONCE = 500;
const MARKETS_AT_ONCE = 50;

/** Updates and the position after them; null: what followed is not known any more. */
export type TailPage = {
  readonly position: LogPosition;
  /** Of the newest entry there is. */
  readonly lastSeq: number;
  readonly updates: readonly Update[];
} | null;

/** Reads what there is, and on in the change log. */
export class LogTail {
  readonly #queries: Pick<Queries, 'changesSince' | 'markets' | 'stations'>;
  /** See {@link Push.beforeTelling}. */
  prepare: PrepareTelling = () => Promise.resolve();

  constructor(queries: Pick<Queries, 'changesSince' | 'markets' | 'stations'>) {
    this.#queries = queries;
  }

  async snapshot(watch: Watch): ReturnType<typeof snapshotOf> {
    const snapshot = await snapshotOf(this.#queries, watch);
    await this.prepare(snapshot.markets);
    return snapshot;
  }

  /** The newest position; null: there is no log. */
  async newest(): Promise<LogPosition | null> {
    const page = await this.#queries.changesSince(0, 1);
    return page === null ? null : { logId: page.logId, seq: page.lastSeq };
  }

  /**
   * What follows a position, each thing once, in the order of its newest change.
   * @param upTo the last entry that is looked at
   * @param recent what is known of what was; it is brought up to date
   */
  async read(from: LogPosition, upTo: number, recent: RecentMarkets | null): Promise<TailPage> {
    const page = await this.#queries.changesSince(from.seq, ENTRIES_AT_ONCE);
    if (page?.changes === null || page?.changes === undefined || page.logId !== from.logId) return null;
    const changes = page.changes.filter(({ seq }) => seq <= upTo);
    const latest = new Map<string, Pick<Update, 'change' | 'oldestSeq'>>();
    for (const change of changes) {
      if (change.kind === 'system') continue;
      const key = `${change.kind} ${change.id}`;
      const oldestSeq = latest.get(key)?.oldestSeq ?? change.seq;
      latest.delete(key);
      latest.set(key, { change, oldestSeq });
    }
    const records = await this.#records(Array.from(latest.values(), ({ change }) => change));
    const updates = [...latest.values()].flatMap(({ change, oldestSeq }): Update[] => {
      const record = records.get(Number(change.id));
      if (record === undefined) return [];
      const now = { change, oldestSeq, station: record.station, market: record.rows };
      if (change.kind === 'station') return [{ ...now, rows: [], isWhole: false }];
      const update = updateOf(now, recent?.get(record.station.id));
      recent?.set(record.station.id, record.rows);
      return [update];
    });
    const seq = changes.at(-1)?.seq ?? from.seq;
    return { position: { logId: from.logId, seq }, lastSeq: page.lastSeq, updates };
  }

  async #records(changes: readonly Change[]): Promise<Map<number, MarketRecord>> {
    const ids = [...new Set(changes.map(({ id }) => Number(id)))];
    const records = new Map<number, MarketRecord>();
    for (let at = 0; at < ids.length; at += MARKETS_AT_ONCE) {
      const some = await this.#queries.markets(ids.slice(at, at + MARKETS_AT_ONCE));
      for (const record of some) records.set(record.station.id, record);
    }
    await this.prepare([...records.values()]);
    return records;
  }
}
