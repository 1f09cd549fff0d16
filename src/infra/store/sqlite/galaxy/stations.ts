import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import { NO_COUNTS, type ImportCounts } from '../../../../domain/ports/store/galaxy-store.ts';
import { rowCount } from '../../../../domain/market/snapshot.ts';
import type {
  DumpRecords,
  StagedMarket,
  StagedStation,
  StationRow,
} from '../../../../domain/spansh/records.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { factsOfRow } from '../../../../domain/galaxy/stations/station-state.ts';
import { STATION_COLUMNS, stationValues } from '../../shared/station-columns.ts';
import { transact, inSavepoint } from '../database.ts';
import { isRowError } from '../errors.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { prepareItemUpsert } from '../markets/items.ts';
import { createRowStatements, newestAtS } from '../markets/rows.ts';
import { isNewer, sameName } from '../../../../domain/market/write-rule.ts';
import type { OwnWriters } from './learn.ts';
import { isNews } from './station-states.ts';
import { notOlder, prepareUpsert } from './upsert.ts';
import { createVendorWriter, OUTFITTING, SHIPYARD } from './vendors.ts';

export interface Imported {
  readonly counts: ImportCounts;
  /** What the database refused: nothing of it was written. */
  readonly refused: readonly Refusal[];
}

/** Runs the writing of one record. */
type Guard = (what: string, write: () => void) => void;

/** Writes parts of a dump, a transaction each, by the rules for dumps (domain/ports/galaxy-store.ts). @param own where there are tables of our own */
export function createGalaxyWriter(
  db: DatabaseSync,
  generation: Generation,
  notAfterS: () => number,
  own: Pick<OwnWriters, 'states' | 'memory' | 'prices' | 'note'> | undefined,
): (part: DumpRecords) => Imported {
  const { states, memory, prices, note } = own ?? {};
  const writeSystem = prepareUpsert(
    db,
    'System',
    'system_id',
    ['name', 'pos_x', 'pos_y', 'pos_z', 'modified', ...(generation === 'v13' ? ['lookup_name'] : [])],
    notOlder('System'),
  );
  const upsertStation = prepareStationUpsert(db, generation, notAfterS);
  const selectName = db.prepare('SELECT name FROM Station WHERE station_id = ?');
  const markets = createRowStatements(db);
  const writeShipyard = createVendorWriter(db, SHIPYARD, notAfterS);
  const writeOutfitting = generation === 'v12' ? createVendorWriter(db, OUTFITTING, notAfterS) : () => false;
  const writeShip = prepareUpsert(db, 'Ship', 'ship_id', ['name']);
  const writeUpgrade =
    generation === 'v12'
      ? prepareUpsert(db, 'Upgrade', 'upgrade_id', ['name', 'class', 'rating', 'ship'])
      : () => false;

  const selectSeenLater = db.prepare(
    `SELECT system_id FROM Station st WHERE station_id = ? AND system_id <> ? AND
       (SELECT MAX(modified) FROM StationItem si WHERE si.station_id = st.station_id) BETWEEN ? AND ?`,
  );
  selectSeenLater.setReadBigInts(true);

  /** Its market may have been seen where it is since then. */
  function placeOf(id: bigint, { systemId, modifiedS }: StationRow): bigint {
    const [fromS, toS] = [modifiedS + 1, notAfterS()].map(formatTimestamp);
    const kept = selectSeenLater.get(id, systemId, fromS ?? '', toS ?? '');
    return kept === undefined ? systemId : BigInt(String(kept.system_id));
  }

  /** What the feed has told about is joined with what it told. */
  function writeStationRow(id: bigint, row: StationRow): boolean {
    if (states?.factsOf(id) === undefined) {
      const isWritten = upsertStation(id, { ...row, systemId: placeOf(id, row) });
      if (!isWritten) return false;
      note?.('station', id, row.modifiedS, 'dump');
      if (row.profile !== undefined) states?.writeProfile(id, row.profile);
      return true;
    }
    const told = { facts: factsOfRow(row, generation), create: true, dumpS: row.modifiedS };
    const change = states.learn(id, told);
    if (isNews(change)) note?.('station', id, row.modifiedS, 'dump');
    return change !== 'same';
  }

  function writeMarket(stationId: bigint, { observedAtS, rows }: StagedMarket): boolean {
    const stored = markets.read(stationId);
    const { clear } = memory?.read(stationId) ?? {};
    const isOfStation = clear !== undefined && sameName(clear.name, String(selectName.get(stationId)?.name));
    if (!isNewer(observedAtS, newestAtS(stored), notAfterS(), isOfStation ? clear : undefined)) return false;
    markets.replace(stationId, rows, stored, formatTimestamp(observedAtS), 0);
    if (clear !== undefined) memory?.forget(stationId, ['clear']);
    prices?.write(stationId, observedAtS, rows);
    note?.('market', stationId, observedAtS, 'dump');
    return true;
  }

  function writeStation({ id, row, market, shipyard, outfitting }: StagedStation) {
    return {
      stations: Number(row !== null && writeStationRow(id, row)),
      marketRows: market !== null && writeMarket(id, market) ? rowCount(market) : 0,
      vendors:
        Number(shipyard !== null && writeShipyard(id, shipyard)) +
        Number(outfitting !== null && writeOutfitting(id, outfitting)),
    };
  }

  function writeAll({ systems, stations, items, ships, upgrades }: DumpRecords, guard: Guard): ImportCounts {
    const counts = { ...NO_COUNTS };
    const writeItem = prepareItemUpsert(db);
    for (const item of items) guard(`item ${item.id}`, () => writeItem(item));
    for (const { id, name } of ships) guard(`ship ${id}`, () => writeShip(id, name));
    for (const upgrade of upgrades) {
      const { id, name, class: size, rating, ship } = upgrade;
      guard(`module ${id}`, () => writeUpgrade(id, name, size, rating, ship));
    }
    for (const { id, name, lookupName, x, y, z, modifiedS } of systems) {
      const lookup = generation === 'v13' ? [lookupName] : [];
      guard(`system ${id}`, () => {
        if (!writeSystem(id, name, x, y, z, formatTimestamp(modifiedS), ...lookup, notAfterS())) return;
        counts.systems++;
        note?.('system', id, modifiedS, 'dump');
      });
    }
    for (const station of stations) {
      guard(`station ${station.id}`, () => {
        const written = writeStation(station);
        counts.stations += written.stations;
        counts.markets += Number(written.marketRows > 0);
        counts.marketRows += written.marketRows;
        counts.vendors += written.vendors;
      });
    }
    return counts;
  }

  return (part) => {
    prices?.prepare();
    try {
      return { counts: transact(db, () => writeAll(part, (_, write) => write())), refused: [] };
    } catch (error) {
      if (!isRowError(error)) throw error;
      // Rare, so only now every record pays for a savepoint.
      const refused: Refusal[] = [];
      const counts = transact(db, () =>
        writeAll(part, (what, write) => {
          const refusal = inSavepoint(db, what, write);
          if (refusal !== null) refused.push(refusal);
        }),
      );
      return { counts, refused };
    }
  };
}

function prepareStationUpsert(db: DatabaseSync, generation: Generation, notAfterS: () => number) {
  const columns = STATION_COLUMNS[generation];
  const upsert = prepareUpsert(db, 'Station', 'station_id', columns, notOlder('Station'));
  return (id: bigint, row: StationRow): boolean =>
    upsert(id, ...stationValues(row, generation, formatTimestamp), notAfterS());
}
