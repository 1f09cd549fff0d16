import { nameKey } from '../../../../domain/names.ts';
import type { DatabaseSync } from 'node:sqlite';
import { lookupName, NEW_STATION, type Generation } from '../../../../domain/generation.ts';
import type { WriteOutcome } from '../../../../domain/market/outcome.ts';
import { rowCount, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { formatTimestamp, parseTimestamp } from '../../../../domain/timestamp.ts';
import {
  decideWrite,
  sameName,
  type StoredStation,
  type WriteDecision,
} from '../../../../domain/market/write-rule.ts';
import { leftOutOf, withoutItems } from '../../shared/seed-items.ts';
import { isCarrier, marketFacts } from '../../../../domain/galaxy/stations/station-state.ts';
import { transact } from '../database.ts';
import { isRowError } from '../errors.ts';
import type { OwnWriters } from '../galaxy/learn.ts';
import type { Items } from './items.ts';
import { createRowStatements, isStored, newestAtS, type StoredRow } from './rows.ts';
import { createSystemLookup, type SystemsByName } from './systems.ts';

/** Writes batches by the write rule, a transaction each. @param own where there are tables of our own */
export function createMarketWriter(
  db: DatabaseSync,
  generation: Generation,
  items: Items,
  notAfterS: () => number,
  own: OwnWriters | undefined,
) {
  const { memory } = own ?? {};
  const lookUpSystems = createSystemLookup(db);
  const selectStation = db.prepare(
    `SELECT st.name, st.system_id, sy.name AS system_name, st.modified, st.type_id
     FROM Station st LEFT JOIN System sy ON sy.system_id = st.system_id WHERE st.station_id = ?`,
  );
  selectStation.setReadBigInts(true);
  const markets = createRowStatements(db);
  const insertStation = prepareStation(db, generation);
  const moveStation = db.prepare('UPDATE Station SET system_id = ?, modified = ? WHERE station_id = ?');

  function readStation(marketId: number): { station: StoredStation<bigint>; rows: StoredRow[] } | undefined {
    const row = selectStation.get(marketId);
    if (row === undefined) return undefined;
    const rows = markets.read(marketId);
    const station = {
      name: String(row.name ?? ''),
      systemId: row.system_id as bigint,
      systemName: String(row.system_name ?? ''),
      isCarrier: isCarrier(Number(row.type_id), generation),
      placedS: own?.states.factsOf(marketId)?.system?.[1] ?? parseTimestamp(row.modified) ?? 0,
      newestAtS: newestAtS(rows),
    };
    return { station, rows };
  }

  function note(marketId: number, { forget = [], remember }: WriteDecision<bigint>): void {
    memory?.forget(marketId, forget);
    if (remember !== undefined) memory?.remember(marketId, remember);
  }

  function writeOne(
    snapshot: Snapshot,
    found: ReturnType<typeof readStation>,
    systems: SystemsByName,
  ): WriteOutcome {
    const named = systems.get(nameKey(snapshot.systemName)) ?? [];
    const decision = decideWrite(snapshot, {
      ...{ station: found?.station, systems: named, notAfterS: notAfterS() },
      memory: memory?.read(snapshot.marketId) ?? null,
    });
    if (!decision.write) {
      note(snapshot.marketId, decision);
      return decision.outcome;
    }
    const leftOut = items.admit(snapshot.rows);
    const admitted = withoutItems(snapshot, leftOut);
    if (typeof admitted === 'string') return { status: 'invalid', reason: admitted };
    const { station, systemId, isRenamed } = decision;
    note(snapshot.marketId, decision);
    const modified = formatTimestamp(snapshot.observedAtS);
    if (station !== 'known' && own !== undefined) {
      const facts = marketFacts(snapshot.stationName, String(systemId), snapshot.observedAtS, isRenamed);
      own.states.learn(snapshot.marketId, { facts, create: true });
      own.vendors.settle(snapshot.marketId);
      own.note('station', snapshot.marketId, snapshot.observedAtS, 'live');
    } else if (station === 'created') insertStation(snapshot, systemId, modified);
    else if (station === 'moved') moveStation.run(systemId, modified, snapshot.marketId);
    const stored = found?.rows ?? [];
    // An observation that is there already costs a look; what another program has written the change log does not know.
    const isThere =
      isStored(admitted.rows, stored, modified) &&
      (own?.prices.isWritten(snapshot.marketId, snapshot.observedAtS) ?? true);
    if (!isThere) {
      markets.replace(snapshot.marketId, admitted.rows, stored, modified, 1);
      own?.prices.write(snapshot.marketId, snapshot.observedAtS, admitted.rows);
      own?.note('market', snapshot.marketId, snapshot.observedAtS, 'live');
    }
    return { status: 'written', rows: rowCount(admitted), station, ...leftOutOf(leftOut) };
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
    own?.prices.prepare();
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

function prepareStation(db: DatabaseSync, generation: Generation) {
  const { typeId, lsFromStar, market, flag } = NEW_STATION;
  const v13 = generation === 'v13';
  const insert = db.prepare(
    `INSERT INTO Station (station_id, name, system_id, modified, ls_from_star, type_id, market, blackmarket,
       max_pad_size, shipyard, outfitting, rearm, refuel, repair, planetary ${v13 ? ', lookup_name' : ''})
     VALUES (?, ?, ?, ?, ${lsFromStar}, ${typeId}, '${market}'${`, '${flag}'`.repeat(8)} ${v13 ? ', ?' : ''})`,
  );
  return ({ marketId, stationName }: Snapshot, systemId: bigint, modified: string) =>
    void insert.run(marketId, stationName, systemId, modified, ...(v13 ? [lookupName(stationName)] : []));
}
