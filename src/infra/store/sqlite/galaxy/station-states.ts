import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import type { Facts } from '../../../../domain/galaxy/facts.ts';
import {
  isWhole,
  learnState,
  mayMove,
  rowOfFacts,
  type OwnState,
  type StoredState,
  type Told,
} from '../../../../domain/galaxy/stations/station-state.ts';
import type { StationProfile, StationRow } from '../../../../domain/spansh/records.ts';
import { nameKey } from '../../../../domain/names.ts';
import { formatTimestamp, parseTimestamp } from '../../../../domain/timestamp.ts';
import { createSystemLookup } from '../markets/systems.ts';
import { isProfileNews, profileOf, profileOfFacts } from '../../shared/station-profile.ts';
import { STATION_COLUMNS, stationOf, stationValues } from '../../shared/station-columns.ts';

/** `touched`: nothing but its time; `same` also where there is none. */
type RowChange = 'made' | 'changed' | 'touched' | 'same';

/** Whether the row says something that it did not say before. */
export function isNews(change: RowChange): boolean {
  return change === 'made' || change === 'changed';
}

/** Stations as a join of facts: `tdl_fact`, and what is made from it. */
export interface StationStates {
  /** @returns what became of the row in `Station` */
  learn(id: number | bigint, told: Told): RowChange;
  /** The facts of a station, if there are any of its own. */
  factsOf(id: number | bigint): Facts | undefined;
  /** Of a station without facts of its own. */
  writeProfile(id: number | bigint, profile: StationProfile): void;
}

/** @param notAfterS nobody has observed anything later */
export function createStationStates(
  db: DatabaseSync,
  generation: Generation,
  notAfterS: () => number,
): StationStates {
  const columns = STATION_COLUMNS[generation];
  const lookUpSystems = createSystemLookup(db);
  const selectRow = db.prepare(
    `SELECT ${columns.join()}, (SELECT name FROM System sy WHERE sy.system_id = st.system_id) AS system_name
     FROM Station st WHERE station_id = ?`,
  );
  selectRow.setReadBigInts(true);
  const selectOwn = db.prepare('SELECT facts, modified_s, dump_s FROM tdl_fact WHERE station_id = ?');
  const selectMarket = db.prepare('SELECT MAX(modified) AS newest FROM StationItem WHERE station_id = ?');
  const isSystem = db.prepare('SELECT 1 FROM System WHERE system_id = ?');
  const insertRow = db.prepare(
    `INSERT INTO Station (station_id, ${columns.join()}) VALUES (?${', ?'.repeat(columns.length)})`,
  );
  const updateRow = db.prepare(
    `UPDATE Station SET ${columns.map((column) => `${column} = ?`).join()} WHERE station_id = ?`,
  );
  // Nearly always nothing else has changed, and the columns of an index are costly to name.
  const touchRow = db.prepare('UPDATE Station SET modified = ? WHERE station_id = ?');
  const writeOwn = db.prepare(
    'INSERT OR REPLACE INTO tdl_fact (station_id, facts, modified_s, dump_s) VALUES (?, ?, ?, ?)',
  );
  const insertProfile = db.prepare(
    'INSERT OR REPLACE INTO tdl_profile (station_id, body, services, economies) VALUES (?, ?, ?, ?)',
  );
  const selectProfile = db.prepare('SELECT body, services, economies FROM tdl_profile WHERE station_id = ?');

  function readOwn(id: number | bigint): (OwnState & { readonly json: string }) | null {
    const row = selectOwn.get(id);
    if (row === undefined) return null;
    const json = String(row.facts);
    return {
      json,
      facts: JSON.parse(json) as Facts,
      modifiedS: Number(row.modified_s),
      dumpS: Number(row.dump_s),
    };
  }

  function read(id: number | bigint) {
    const row = selectRow.get(id) as Record<string, string | bigint | null> | undefined;
    const own = readOwn(id);
    // What a dump told is in the facts, where there are any.
    const told = own === null && row !== undefined ? selectProfile.get(id) : undefined;
    return {
      row:
        row === undefined
          ? null
          : { ...stationOf(row, parseTimestamp(row.modified) ?? 0), profile: profileOf(told) },
      systemName: String(row?.system_name ?? ''),
      own,
    };
  }

  function writeProfile(id: number | bigint, { body, services, economies }: StationProfile): void {
    insertProfile.run(id, body ?? null, services ?? null, economies ?? null);
  }

  const newestMarketS = (id: number | bigint) => parseTimestamp(selectMarket.get(id)?.newest);

  function systemsNamed(name: string): string[] {
    return (lookUpSystems([name]).get(nameKey(name)) ?? []).map(String);
  }

  function writeRow(id: number | bigint, state: OwnState, stored: StoredState, create: boolean): RowChange {
    const { row } = stored;
    if (row === null && !create && !isWhole(state)) return 'same';
    const toldSystem = state.facts.system?.[2];
    const isKnown =
      toldSystem !== undefined &&
      (toldSystem === String(row?.systemId) || isSystem.get(BigInt(toldSystem)) !== undefined);
    const systemId = isKnown ? toldSystem : row === null ? undefined : String(row.systemId);
    if (systemId === undefined) return 'same';
    const told = rowOfFacts(state, systemId, generation);
    const values = stationValues(told, generation, formatTimestamp);
    if (row === null) {
      insertRow.run(id, ...values);
      return 'made';
    }
    if (!sameColumns(told, row)) {
      updateRow.run(...values, id);
      return 'changed';
    }
    if (told.modifiedS === row.modifiedS) return 'same';
    touchRow.run(formatTimestamp(told.modifiedS), id);
    return 'touched';
  }

  return {
    learn(id, told) {
      const found = read(id);
      const marketS = mayMove(found, told.facts) ? newestMarketS(id) : null;
      const stored = { ...found, marketS };
      const { own } = stored;
      const state = learnState(stored, told, generation, systemsNamed, notAfterS());
      const changed = writeRow(id, state, stored, told.create === true);
      const json = JSON.stringify(state.facts);
      if (json !== own?.json || state.modifiedS !== own.modifiedS || state.dumpS !== own.dumpS) {
        writeOwn.run(id, json, state.modifiedS, state.dumpS);
        if (isProfileNews(own?.facts, state.facts)) writeProfile(id, profileOfFacts(state.facts));
      }
      return changed;
    },

    factsOf: (id) => readOwn(id)?.facts,
    writeProfile,
  };
}

/** Whether nothing but the time differs. */
function sameColumns(a: StationRow, b: StationRow): boolean {
  return (Object.keys(a) as (keyof StationRow)[]).every((key) => key === 'modifiedS' || a[key] === b[key]);
}
