import type { DatabaseSync } from 'node:sqlite';
import { lookupName, NEW_STATION, type Contract } from '../../../domain/contract.ts';
import type { WriteOutcome } from '../../../domain/outcome.ts';
import { ROW, ROW_WIDTH, rowCount, type Snapshot } from '../../../domain/snapshot.ts';
import { formatTimestamp, parseTimestamp } from '../../../domain/timestamp.ts';
import { decideWrite, sameName, type StoredStation } from '../../../domain/write-rule.ts';
import { transact } from './database.ts';
import { isRowError } from './errors.ts';
import type { Items } from './items.ts';
import { createSystemLookup, systemKey, type SystemsByName } from './systems.ts';

/** item, demand price, units, level, supply price, units, level, modified. */
type StoredRow = readonly [number, number, number, number, number, number, number, string];

/**
 * Writes batches by the write rule, a transaction each.
 *
 * Rows of a known market are compared first: one statement moves the time of the whole station, then only rows that
 * differ are changed, and the price indexes only where a price did. Measured against replacing all rows: the same where
 * every price changed, half the time where only units did, a third where nothing did.
 */
export function createMarketWriter(db: DatabaseSync, contract: Contract, items: Items) {
  const lookUpSystems = createSystemLookup(db);
  const selectStation = db.prepare(
    `SELECT st.name, st.system_id, sy.name AS system_name, st.modified
     FROM Station st LEFT JOIN System sy ON sy.system_id = st.system_id WHERE st.station_id = ?`,
  );
  selectStation.setReadBigInts(true);
  const selectRows = db.prepare(
    `SELECT item_id, demand_price, demand_units, demand_level, supply_price, supply_units, supply_level, modified
     FROM StationItem WHERE station_id = ?`,
  );
  selectRows.setReturnArrays(true);

  const replaceRows = prepareRows(db);
  const insertStation = prepareStation(db, contract);
  const moveStation = db.prepare('UPDATE Station SET system_id = ?, modified = ? WHERE station_id = ?');

  function readStation(marketId: number): { station: StoredStation<bigint>; rows: StoredRow[] } | undefined {
    const row = selectStation.get(marketId);
    if (row === undefined) return undefined;
    const rows = selectRows.all(marketId) as unknown as StoredRow[];
    // Both forms of a timestamp sort as text, and the longer one of a second behind the shorter.
    const newest = rows.reduce((max, { [7]: modified }) => (modified > max ? modified : max), '');
    const station = {
      name: String(row.name ?? ''),
      systemId: row.system_id as bigint,
      systemName: String(row.system_name ?? ''),
      modifiedS: parseTimestamp(row.modified) ?? 0,
      newestAtS: parseTimestamp(newest),
    };
    return { station, rows };
  }

  function writeOne(
    snapshot: Snapshot,
    found: ReturnType<typeof readStation>,
    systems: SystemsByName,
  ): WriteOutcome {
    const named = systems.get(systemKey(snapshot.systemName)) ?? [];
    const decision = decideWrite(snapshot, found?.station, named);
    if (!decision.write) return decision.outcome;
    const reason = items.admit(snapshot.rows);
    if (reason !== null) return { status: 'invalid', reason };
    const { station, systemId } = decision;
    const modified = formatTimestamp(snapshot.observedAtS);
    if (station === 'created') insertStation(snapshot, systemId, modified);
    if (station === 'moved') moveStation.run(systemId, modified, snapshot.marketId);
    replaceRows(snapshot, found?.rows ?? [], modified);
    return { status: 'written', rows: rowCount(snapshot), station };
  }

  /** Rolls back what one station wrote, if the database refuses one of its rows. */
  function writeGuarded(...args: Parameters<typeof writeOne>): WriteOutcome {
    db.exec('SAVEPOINT station');
    try {
      return writeOne(...args);
    } catch (error) {
      if (!isRowError(error)) throw error;
      db.exec('ROLLBACK TO station');
      items.forget();
      return { status: 'failed', reason: error.message };
    } finally {
      if (db.isTransaction) db.exec('RELEASE station');
    }
  }

  function writeAll(batch: readonly Snapshot[], write: typeof writeOne): WriteOutcome[] {
    const found = batch.map(({ marketId }) => readStation(marketId));
    const systems = lookUpSystems(
      batch
        .filter(({ systemName }, i) => !sameName(systemName, found[i]?.station.systemName ?? ''))
        .map(({ systemName }) => systemName),
    );
    const outcomes = batch.map((snapshot, i) => write(snapshot, found[i], systems));
    items.writeMeans(batch.filter((_, i) => outcomes[i]?.status === 'written'));
    return outcomes;
  }

  return (batch: readonly Snapshot[]): WriteOutcome[] => {
    if (batch.length === 0) return [];
    try {
      return transact(db, () => writeAll(batch, writeOne));
    } catch (error) {
      items.forget();
      if (!isRowError(error)) throw error;
      // Rare, so only now every station pays for a savepoint.
      return transact(db, () => writeAll(batch, writeGuarded));
    }
  };
}

function prepareRows(db: DatabaseSync) {
  const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ? AND item_id = ?');
  const touch = db.prepare('UPDATE StationItem SET modified = ?, from_live = 1 WHERE station_id = ?');
  const insert = db.prepare(
    `INSERT INTO StationItem (demand_price, demand_units, demand_level, supply_price, supply_units, supply_level,
       station_id, item_id, modified, from_live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  );
  const updateAll = db.prepare(
    `UPDATE StationItem SET demand_price = ?, demand_units = ?, demand_level = ?, supply_price = ?, supply_units = ?,
       supply_level = ? WHERE station_id = ? AND item_id = ?`,
  );
  const updateUnits = db.prepare(
    `UPDATE StationItem SET demand_units = ?, demand_level = ?, supply_units = ?, supply_level = ?
     WHERE station_id = ? AND item_id = ?`,
  );

  return ({ marketId, rows }: Snapshot, stored: readonly StoredRow[], modified: string): void => {
    const before = new Map(stored.map((row) => [row[0], row]));
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      const itemId = rows[at + ROW.itemId] ?? 0;
      const demandPrice = rows[at + ROW.demandPrice] ?? 0;
      const demandUnits = rows[at + ROW.demandUnits] ?? 0;
      const demandLevel = rows[at + ROW.demandLevel] ?? 0;
      const supplyPrice = rows[at + ROW.supplyPrice] ?? 0;
      const supplyUnits = rows[at + ROW.supplyUnits] ?? 0;
      const supplyLevel = rows[at + ROW.supplyLevel] ?? 0;
      const old = before.get(itemId);
      before.delete(itemId);
      if (old === undefined) {
        insert.run(
          demandPrice,
          demandUnits,
          demandLevel,
          supplyPrice,
          supplyUnits,
          supplyLevel,
          marketId,
          itemId,
          modified,
        );
      } else if (old[1] !== demandPrice || old[4] !== supplyPrice) {
        updateAll.run(
          demandPrice,
          demandUnits,
          demandLevel,
          supplyPrice,
          supplyUnits,
          supplyLevel,
          marketId,
          itemId,
        );
      } else if (
        old[2] !== demandUnits ||
        old[3] !== demandLevel ||
        old[5] !== supplyUnits ||
        old[6] !== supplyLevel
      ) {
        updateUnits.run(demandUnits, demandLevel, supplyUnits, supplyLevel, marketId, itemId);
      }
    }
    for (const itemId of before.keys()) remove.run(marketId, itemId);
    if (before.size < stored.length) touch.run(modified, marketId);
  };
}

function prepareStation(db: DatabaseSync, contract: Contract) {
  const { typeId, lsFromStar, market, flag } = NEW_STATION;
  const v13 = contract === 'v13';
  const insert = db.prepare(
    `INSERT INTO Station (station_id, name, system_id, modified, ls_from_star, type_id, market, blackmarket,
       max_pad_size, shipyard, outfitting, rearm, refuel, repair, planetary ${v13 ? ', lookup_name' : ''})
     VALUES (?, ?, ?, ?, ${lsFromStar}, ${typeId}, '${market}'${`, '${flag}'`.repeat(8)} ${v13 ? ', ?' : ''})`,
  );
  return ({ marketId, stationName }: Snapshot, systemId: bigint, modified: string) =>
    void insert.run(marketId, stationName, systemId, modified, ...(v13 ? [lookupName(stationName)] : []));
}
