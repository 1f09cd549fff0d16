import type { DatabaseSync } from 'node:sqlite';
import { dayOf } from '../../domain/history/days.ts';
import { priceChanges } from '../../domain/history/price-changes.ts';
import { ROW_WIDTH } from '../../domain/market/snapshot.ts';
import type { HistoryDay, HistoryPage } from '../../domain/ports/publishing/history.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import type { Change } from '../../domain/ports/store/changes.ts';
import type { SeenMarket } from '../../domain/ports/store/queries.ts';
import { transact } from '../store/sqlite/database.ts';
import { HourTotals } from './hour-totals.ts';
import { packRows, unpackRows } from './packed-rows.ts';

/** Of a day on which the log has no entry. */
const NOTHING_WRITTEN = 'nothing was written to the database';

interface Cursor extends LogPosition {
  /** The running day. It never goes back: what a clock that does tells of a day that is over is of the running one. */
  readonly day: number;
}

/** The files of a day. */
export interface Written {
  readonly bytes: number;
  /** Rows of the file of hours. */
  readonly hours: number;
}

interface Known {
  readonly observedAtS: number;
  readonly rows: Int32Array;
}

/** Writes the running file. Each method is one transaction. */
export class Recording {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get cursor(): Cursor | null {
    const row = this.#db.prepare('SELECT log_id AS logId, seq, day FROM cursor').get();
    return (row as Cursor | undefined) ?? null;
  }

  goOn({ logId, seq }: LogPosition, gap: string, nowS: number): void {
    transact(this.#db, () => {
      const day = Math.max(dayOf(nowS), this.cursor?.day ?? 0);
      // Of the days since the last entry nobody knows what is missing.
      for (let each = this.cursor?.day ?? day; each <= day; each++) {
        this.#db
          .prepare(
            'INSERT INTO day (day, gap) VALUES (?, ?) ON CONFLICT DO UPDATE SET gap = COALESCE(gap, excluded.gap)',
          )
          .run(each, gap);
      }
      this.#moveTo(logId, seq, day);
    });
  }

  record({ after, changes, markets }: HistoryPage): void {
    transact(this.#db, () => {
      const { cursor } = this;
      if (cursor?.logId !== after.logId || cursor.seq !== after.seq) return;
      const entries = Map.groupBy(
        changes.filter(({ kind }) => kind === 'market'),
        ({ id }) => Number(id),
      );
      const hours = new HourTotals();
      let { day } = cursor;
      for (const { writtenAtS } of changes) day = this.#rollTo(day, dayOf(writtenAtS));
      for (const market of markets) {
        const ofMarket = entries.get(market.marketId);
        const newest = ofMarket?.at(-1);
        if (ofMarket === undefined || newest === undefined) continue;
        const writtenOn = Math.min(day, Math.max(cursor.day, dayOf(newest.writtenAtS)));
        this.#recordMarket(writtenOn, market, ofMarket, newest, hours);
      }
      hours.writeTo(this.#db);
      this.#moveTo(cursor.logId, changes.at(-1)?.seq ?? cursor.seq, day);
    });
  }

  /** @returns the oldest day that is over and has no files */
  reached(nowS: number): number | null {
    return transact(this.#db, () => {
      const { cursor } = this;
      if (cursor === null) return null;
      const day = this.#rollTo(cursor.day, dayOf(nowS));
      if (day !== cursor.day) this.#moveTo(cursor.logId, cursor.seq, day);
      const due = this.#db
        .prepare('SELECT MIN(day) AS day FROM day WHERE is_closed = 0 AND day < ?')
        .get(day);
      return (due as { readonly day: number | null }).day;
    });
  }

  /** The files of a day are there: its rows are not needed any more. */
  closed(day: number, { bytes, hours }: Written): void {
    transact(this.#db, () => {
      this.#db.prepare('DELETE FROM change WHERE day = ?').run(day);
      this.#db.prepare('DELETE FROM hour WHERE day = ?').run(day);
      this.#db
        .prepare('UPDATE day SET is_closed = 1, bytes = ?, hours = ? WHERE day = ?')
        .run(bytes, hours, day);
    });
  }

  #recordMarket(
    day: number,
    market: SeenMarket,
    entries: readonly Change[],
    entry: Change,
    hours: HourTotals,
  ): void {
    const { marketId, rows } = market;
    const known = this.#known(marketId);
    // A market without rows has no time of its own.
    const observedAtS = market.observedAtS ?? entry.observedAtS ?? entry.writtenAtS;
    if (market.observedAtS !== null && !market.isCarrier && known?.observedAtS !== observedAtS) {
      hours.add(day, observedAtS, rows);
    }
    const changed = priceChanges(known?.rows ?? null, rows);
    if (changed.length > 0) {
      this.#db
        .prepare(
          'INSERT INTO change (day, market_id, seq, observed_s, source, is_first, rows) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(day, marketId, entry.seq, observedAtS, entry.source, known === null ? 1 : 0, packRows(changed));
    }
    const newestS = entry.observedAtS ?? observedAtS;
    const seen = new Set([observedAtS, known?.observedAtS, ...this.#arrived(marketId, newestS)]);
    const unseen = new Set(entries.map((each) => each.observedAtS ?? observedAtS)).difference(seen);
    this.#count(day, changed.length / ROW_WIDTH, unseen.size, observedAtS);
    // What was read may be newer than its entry: by the time that one comes, another may be known.
    if (observedAtS > newestS) {
      this.#db.prepare('INSERT OR IGNORE INTO ahead VALUES (?, ?)').run(marketId, observedAtS);
    }
    this.#db
      .prepare('INSERT OR REPLACE INTO market (market_id, observed_s, rows) VALUES (?, ?, ?)')
      .run(marketId, observedAtS, packRows(rows));
  }

  /** @returns the observations of a market that were recorded before their entries, which have come now */
  #arrived(marketId: number, newestS: number): number[] {
    const found = this.#db
      .prepare('DELETE FROM ahead WHERE market_id = ? AND observed_s <= ? RETURNING observed_s')
      .all(marketId, newestS);
    return found.map((row) => Number(row.observed_s));
  }

  #known(marketId: number): Known | null {
    const row = this.#db.prepare('SELECT observed_s, rows FROM market WHERE market_id = ?').get(marketId);
    if (row === undefined) return null;
    return { observedAtS: Number(row.observed_s), rows: unpackRows(row.rows as Uint8Array) };
  }

  #count(day: number, changes: number, unseen: number, observedAtS: number): void {
    this.#db
      .prepare(
        `UPDATE day SET changes = changes + ?, unseen = unseen + ?, first_s = MIN(COALESCE(first_s, ?), ?), last_s = MAX(COALESCE(last_s, ?), ?)
         WHERE day = ?`,
      )
      .run(changes, unseen, observedAtS, observedAtS, observedAtS, observedAtS, day);
  }

  /** Days between are days on which nothing was written. @returns the running day */
  #rollTo(running: number, day: number): number {
    for (let each = running + 1; each <= day; each++) {
      this.#db
        .prepare('INSERT INTO day (day, gap) VALUES (?, ?)')
        .run(each, each < day ? NOTHING_WRITTEN : null);
    }
    return Math.max(running, day);
  }

  #moveTo(logId: string, seq: number, day: number): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO cursor (one, log_id, seq, day) VALUES (1, ?, ?, ?)')
      .run(logId, seq, day);
  }
}

/** What of a day's row is told. */
export function told({ day, gap, isClosed, changes, unseen, bytes }: HistoryDay): HistoryDay {
  return { day, gap, isClosed, changes, unseen, bytes };
}
