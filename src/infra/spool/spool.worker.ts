import { nameKey } from '../../domain/names.ts';
import type { DatabaseSync } from 'node:sqlite';
import {
  isUnresolved,
  type SpoolCounts,
  type SpoolEntry,
  type SpoolKey,
  type SpoolState,
} from '../../domain/ports/market/spool.ts';
import type { Snapshot, UnresolvedSnapshot } from '../../domain/market/snapshot.ts';
import { threadModule, type CallContext } from '../threads/rpc.ts';
import { explain, giveBackPages, isBroken, moveAside, openSpoolFile, transaction } from './spool-file.ts';
import { carryOver, placeOf, type Place } from './spool-place.ts';

export interface SpoolWorkerData {
  readonly file: string;
  readonly parkedMax: number;
  readonly parkedMaxBytes: number;
}

/** Emitted by any call that found the file unusable. */
export interface MovedAside {
  readonly movedTo: string;
  readonly reason: string;
}

/** Emitted by the next call after the file had vanished and was made anew. */
export interface MadeAnew {
  /** Snapshots that were in the vanished one; null: some could not be read. */
  readonly entries: number | null;
}

/** When there is too much it is trimmed to this share, so that it need not be counted again at once. */
const TRIMMED_SHARE = 0.9;

/** Between calls. */
const LOOK_MS = 1_000;

type Statements = ReturnType<typeof prepare>;
/** Of an entry's content. */
const BYTES = 'coalesce(octet_length(rows), octet_length(message))';

function prepare(db: DatabaseSync) {
  return {
    put: db.prepare(`
      INSERT INTO entry (market_id, observed_at_s, received_at_ms, state, system_name, system_key, station_name,
        rows, message)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (market_id) DO UPDATE SET
        observed_at_s = excluded.observed_at_s, received_at_ms = excluded.received_at_ms, state = excluded.state,
        system_name = excluded.system_name, system_key = excluded.system_key,
        station_name = excluded.station_name, rows = excluded.rows, message = excluded.message
      WHERE excluded.observed_at_s >= entry.observed_at_s`),
    trimParked: db.prepare(`
      DELETE FROM entry WHERE market_id IN (
        SELECT market_id FROM entry WHERE state = 'parked' ORDER BY observed_at_s
        LIMIT max(0, (SELECT count(*) FROM entry WHERE state = 'parked') - ?))
      RETURNING market_id AS id`),
    parkedBytes: db.prepare(`SELECT coalesce(sum(${BYTES}), 0) AS bytes FROM entry WHERE state = 'parked'`),
    oldestParked: db.prepare(`
      SELECT market_id AS id, ${BYTES} AS bytes FROM entry WHERE state = 'parked' ORDER BY observed_at_s`),
    removeAny: db.prepare('DELETE FROM entry WHERE market_id = ?'),
    remove: db.prepare('DELETE FROM entry WHERE market_id = ? AND observed_at_s <= ?'),
    keys: db.prepare('SELECT market_id AS marketId, observed_at_s AS observedAtS, state FROM entry'),
    take: db.prepare(`
      SELECT market_id AS marketId, system_name AS systemName, station_name AS stationName,
        observed_at_s AS observedAtS, received_at_ms AS receivedAtMs, rows, message
      FROM entry WHERE market_id = ?`),
    counts: db.prepare(`
      SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'parked') AS parked,
        (SELECT count(*) FROM clear) AS clears
      FROM entry`),
    parkedSystems: db.prepare(`
      SELECT min(system_name) AS name FROM entry WHERE state = 'parked' AND message IS NULL GROUP BY system_key`),
    parkedIn: db.prepare(`
      SELECT market_id AS id FROM entry WHERE state = 'parked' AND message IS NULL AND system_key = ?`),
    parkedUnresolved: db.prepare(`
      SELECT market_id AS marketId, ${BYTES} AS bytes FROM entry
      WHERE state = 'parked' AND message IS NOT NULL`),
    noteClear: db.prepare(`
      INSERT INTO clear VALUES (?, ?)
      ON CONFLICT (market_id) DO UPDATE SET cleared_at_s = max(cleared_at_s, excluded.cleared_at_s)`),
    dropClear: db.prepare('DELETE FROM clear WHERE market_id = ?'),
    dropOldClears: db.prepare('DELETE FROM clear WHERE cleared_at_s < ?'),
    clears: db.prepare('SELECT market_id AS marketId, cleared_at_s AS clearedAtS FROM clear'),
  };
}

const asBytes = (rows: Int32Array) => new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);

const ids = (rows: Record<string, unknown>[]) => rows.map((row) => row.id as number);

interface StoredEntry extends Omit<Snapshot, 'rows'> {
  readonly rows: Uint8Array | null;
  readonly message: string | null;
}

function restore({ rows, message, ...head }: StoredEntry): SpoolEntry {
  return rows === null
    ? ({ ...head, message } as UnresolvedSnapshot)
    : { ...head, rows: new Int32Array(rows.slice().buffer) };
}

function createSpoolFile({ file, parkedMax, parkedMaxBytes }: SpoolWorkerData) {
  /** Parked bytes, perhaps fewer: what left is not taken off. null: not counted yet. */
  let parkedBytesAtMost: number | null = null;

  let spool: { db: DatabaseSync; sql: Statements; place: Place } | undefined;

  /** Deleted, or their directory renamed: what is in them is not in the new one yet. */
  const vanished: DatabaseSync[] = [];
  const news: MadeAnew[] = [];

  function opened() {
    if (spool?.place.isKept() === false) {
      spool.place.leave();
      vanished.push(spool.db);
      spool = undefined;
      parkedBytesAtMost = null;
    }
    if (spool === undefined) {
      const db = openSpoolFile(file);
      spool = { db, sql: prepare(db), place: placeOf(file) };
    }
    const { db } = spool;
    for (const lost of [...vanished]) {
      const entries = transaction(db, () => carryOver(lost, db));
      vanished.shift();
      lost.close();
      news.push({ entries });
    }
    return spool;
  }

  /** Between calls, which may be long, and before the end. */
  function look(): void {
    try {
      if (spool !== undefined) opened();
    } catch {
      // The next call says so.
    }
  }

  /** A method in one transaction of its own; a file found broken is replaced by a fresh one, once. */
  function method<I, O>(work: (sql: Statements, input: I) => O) {
    const attempt = (input: I) => {
      const { db, sql } = opened();
      const result = transaction(db, () => work(sql, input));
      giveBackPages(db);
      return result;
    };
    return async (input: I, { emit }: CallContext): Promise<O> => {
      try {
        for (const each of news.splice(0)) await emit(each);
        try {
          return attempt(input);
        } catch (error) {
          if (!isBroken(error)) throw error;
          close();
          await emit({ movedTo: moveAside(file), reason: (error as Error).message } satisfies MovedAside);
          return attempt(input);
        }
      } catch (error) {
        throw explain(file, error);
      }
    };
  }

  function close(): void {
    spool?.db.close();
    spool = undefined;
    parkedBytesAtMost = null;
  }

  /** @returns markets whose parked entries went, the oldest first, because there were too many bytes */
  function trimBytes(sql: Statements, added: readonly SpoolEntry[]): number[] {
    const count = () => Number(sql.parkedBytes.get()?.bytes);
    parkedBytesAtMost =
      parkedBytesAtMost === null
        ? count()
        : added.reduce(
            (sum, entry) => sum + (isUnresolved(entry) ? entry.message.length : entry.rows.byteLength),
            parkedBytesAtMost,
          );
    if (parkedBytesAtMost <= parkedMaxBytes) return [];
    let bytes = count();
    const dropped: number[] = [];
    if (bytes > parkedMaxBytes) {
      for (const oldest of sql.oldestParked.all() as unknown as { id: number; bytes: number }[]) {
        if (bytes <= parkedMaxBytes * TRIMMED_SHARE) break;
        sql.removeAny.run(oldest.id);
        dropped.push(oldest.id);
        bytes -= oldest.bytes;
      }
    }
    parkedBytesAtMost = bytes;
    return dropped;
  }

  const methods = {
    open: method((sql) => ({ ...sql.counts.get() }) as unknown as SpoolCounts),

    put: method((sql, { state, entries }: { state: SpoolState; entries: readonly SpoolEntry[] }) => {
      for (const entry of entries) {
        sql.put.run(
          entry.marketId,
          entry.observedAtS,
          entry.receivedAtMs,
          state,
          entry.systemName,
          nameKey(entry.systemName),
          entry.stationName,
          isUnresolved(entry) ? null : asBytes(entry.rows),
          isUnresolved(entry) ? entry.message : null,
        );
      }
      return state === 'parked' ? [...ids(sql.trimParked.all(parkedMax)), ...trimBytes(sql, entries)] : [];
    }),

    remove: method((sql, settled: readonly { marketId: number; observedAtS: number }[]) => {
      for (const { marketId, observedAtS } of settled) sql.remove.run(marketId, observedAtS);
    }),

    keys: method((sql) => sql.keys.all().map((row) => ({ ...row }) as unknown as SpoolKey)),

    take: method((sql, marketIds: readonly number[]) =>
      marketIds
        .map((id) => sql.take.get(id) as StoredEntry | undefined)
        .filter((entry) => entry !== undefined)
        .map(restore),
    ),

    parkedSystems: method((sql) => sql.parkedSystems.all().map((row) => row.name as string)),

    parkedIn: method((sql, names: readonly string[]) =>
      [...new Set(names.map(nameKey))].flatMap((key) => ids(sql.parkedIn.all(key))),
    ),

    parkedUnresolved: method((sql) =>
      sql.parkedUnresolved.all().map((row) => ({ ...row }) as unknown as { marketId: number; bytes: number }),
    ),

    noteClears: method((sql, clears: readonly { marketId: number; clearedAtS: number }[]) => {
      for (const { marketId, clearedAtS } of clears) sql.noteClear.run(marketId, clearedAtS);
    }),

    dropClears: method((sql, marketIds: readonly number[]) => {
      for (const id of marketIds) sql.dropClear.run(id);
    }),

    clears: method((sql, sinceS: number) => {
      sql.dropOldClears.run(sinceS);
      const rows = sql.clears.all() as unknown as { marketId: number; clearedAtS: number }[];
      return new Map(rows.map(({ marketId, clearedAtS }) => [marketId, clearedAtS]));
    }),
  };

  const looking = setInterval(look, LOOK_MS).unref();
  return {
    methods,
    onClose() {
      clearInterval(looking);
      look();
      close();
    },
  };
}

export type SpoolMethods = ReturnType<typeof createSpoolFile>['methods'];

export default threadModule(createSpoolFile);
