import { nameKey } from '../../../../domain/names.ts';
import type { Facts } from '../../../../domain/galaxy/facts.ts';
import {
  isWhole,
  learnState,
  namesAsked,
  mayMove,
  rowOfFacts,
  type OwnState,
  type Told,
} from '../../../../domain/galaxy/stations/station-state.ts';
import type { Generation } from '../../../../domain/generation.ts';
import type { StationProfile, StationRow } from '../../../../domain/spansh/records.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { STATION_COLUMNS, stationOf, stationValues } from '../../shared/station-columns.ts';
import { isProfileNews, profileOf, profileOfFacts } from '../../shared/station-profile.ts';
import type { RowWriter } from '../bulk.ts';
import type { Link } from '../connection.ts';
import { epochOf, literal, text } from '../sql.ts';
import { findSystems } from '../markets/systems.ts';

export interface ToldStation extends Told {
  readonly id: number | bigint;
}

export interface StatesSetup {
  readonly generation: Generation;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: number;
  readonly rows: RowWriter;
}

/** A state as it is stored; the facts as JSON, too. */
interface StoredOwn extends OwnState {
  readonly json: string;
}

/** A row in `Station` that is new or other. */
interface ChangedRow {
  readonly id: number | bigint;
  /** It says something that it did not say before; else its time alone has moved. */
  readonly isNews: boolean;
}

/**
 * Joins stations with what is stored: `tdl_fact`, and what is made from it. In the caller's transaction, under the
 * stations' locks; no station twice.
 */
export async function learnStations(
  link: Link,
  { generation, notAfterS, rows }: StatesSetup,
  told: readonly ToldStation[],
): Promise<readonly ChangedRow[]> {
  if (told.length === 0) return [];
  const ids = told.map(({ id }) => id);
  const rowsById = await readRows(link, generation, ids);
  const owned = await readOwn(link, ids);
  // What a dump told is in the facts, where there are any.
  const profiles = await readProfiles(
    link,
    ids.filter((id) => rowsById.has(String(id)) && !owned.has(String(id))),
  );
  const all = told.map((each) => {
    const id = String(each.id);
    const { row: stored = null, systemName = '' } = rowsById.get(id) ?? {};
    const row = stored === null ? null : { ...stored, profile: profiles.get(id) ?? {} };
    return { told: each, row, systemName, own: owned.get(id) ?? null };
  });
  const moving = all.filter((stored) => mayMove(stored, stored.told.facts));
  const marketS = await readNewest(
    link,
    'StationItem',
    moving.map((stored) => stored.told.id),
  );
  const named = await findSystems(
    link,
    all.flatMap((stored) => namesAsked(stored, stored.told.facts)),
  );
  const systemsNamed = (name: string) => named.get(nameKey(name)) ?? [];
  const states = all.map((stored) => {
    const { id, create = false } = stored.told;
    const { row, own } = stored;
    return {
      id,
      row,
      own,
      create,
      state: learnState(
        { ...stored, marketS: marketS.get(String(id)) ?? null },
        stored.told,
        generation,
        systemsNamed,
        notAfterS,
      ),
    };
  });
  const known = await knownSystems(
    link,
    states.flatMap(({ state: { facts } }) => facts.system?.[2] ?? []),
  );
  const changed = states.flatMap(({ id, row, create, state }) => {
    if (row === null && !create && !isWhole(state)) return [];
    const toldSystem = state.facts.system?.[2];
    const system =
      toldSystem !== undefined && known.has(toldSystem) ? toldSystem : row && String(row.systemId);
    if (system === null) return [];
    const made = rowOfFacts(state, system, generation);
    const values = valuesOf(made, generation);
    if (row !== null && values === valuesOf(row, generation)) return [];
    const isNews = row === null || values !== valuesOf({ ...row, modifiedS: made.modifiedS }, generation);
    return [{ id, isNew: row === null, isNews, values }];
  });
  const rowsOf = (some: typeof changed) => ({
    table: 'Station',
    columns: ['station_id', ...STATION_COLUMNS[generation]],
    count: some.length,
    values: some.map(({ id, values }) => `${id},${values}`),
  });
  await rows.insert(rowsOf(changed.filter(({ isNew }) => isNew)));
  await rows.upsertReferred(rowsOf(changed.filter(({ isNew }) => !isNew)), ['station_id']);
  await writeOwn(rows, states);
  return changed;
}

/** The facts of stations that have some of their own, by id. */
export async function readOwn(link: Link, ids: readonly unknown[]): Promise<Map<string, StoredOwn>> {
  if (ids.length === 0) return new Map();
  const found = await link.rows(
    `SELECT station_id, facts, modified_s, dump_s FROM tdl_fact WHERE station_id IN (${ids.join()})`,
  );
  return new Map(
    found.map(([id, json, modifiedS, dumpS]) => [
      String(id),
      {
        json: String(json),
        facts: JSON.parse(String(json)) as Facts,
        modifiedS: Number(modifiedS),
        dumpS: Number(dumpS),
      },
    ]),
  );
}

/** Epoch seconds of the newest row by station; stations without rows are absent. */
export async function readNewest(
  link: Link,
  table: string,
  stationIds: readonly unknown[],
): Promise<Map<string, number>> {
  if (stationIds.length === 0) return new Map();
  const rows = await link.rows(
    `SELECT station_id, ${epochOf('MAX(modified)')} FROM ${table}
     WHERE station_id IN (${stationIds.join()}) GROUP BY station_id`,
  );
  return new Map(rows.map(([id, newestS]) => [String(id), Number(newestS)]));
}

async function knownSystems(link: Link, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const found = await link.rows(`SELECT system_id FROM System WHERE system_id IN (${ids.join()})`);
  return new Set(found.map(([id]) => String(id)));
}

async function readRows(
  link: Link,
  generation: Generation,
  ids: readonly unknown[],
): Promise<Map<string, { readonly row: StationRow; readonly systemName: string }>> {
  const columns = STATION_COLUMNS[generation];
  const expressions = columns.map((column) => {
    return column === 'modified' ? epochOf('st.modified') : `st.${column}`;
  });
  const found = await link.rows(
    `SELECT st.station_id, sy.name, ${expressions.join()}
     FROM Station st LEFT JOIN System sy ON sy.system_id = st.system_id WHERE st.station_id IN (${ids.join()})`,
  );
  return new Map(
    found.map(([id, systemName, ...cells]) => {
      const row = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? null]));
      return [
        String(id),
        { row: stationOf(row, Number(row.modified)), systemName: String(systemName ?? '') },
      ];
    }),
  );
}

/** As SQL literals with commas between. */
function valuesOf(row: StationRow, generation: Generation): string {
  return stationValues(row, generation, formatTimestamp).map(literal).join();
}

interface Learned {
  readonly id: number | bigint;
  readonly own: StoredOwn | null;
  readonly state: OwnState;
}

async function writeOwn(rows: RowWriter, states: readonly Learned[]): Promise<void> {
  const changed = states
    .map((each) => ({ ...each, json: JSON.stringify(each.state.facts) }))
    .filter(
      ({ own, state, json }) =>
        json !== own?.json || state.modifiedS !== own.modifiedS || state.dumpS !== own.dumpS,
    );
  await rows.upsert(
    {
      table: 'tdl_fact',
      columns: ['station_id', 'facts', 'modified_s', 'dump_s'],
      count: changed.length,
      values: changed.map(({ id, json, state }) => `${id},${text(json)},${state.modifiedS},${state.dumpS}`),
    },
    ['station_id'],
  );
  await writeProfiles(
    rows,
    changed
      .filter(({ own, state: { facts } }) => isProfileNews(own?.facts, facts))
      .map(({ id, state: { facts } }) => ({ id, profile: profileOfFacts(facts) })),
  );
}

const PROFILE_COLUMNS = ['body', 'services', 'economies'] as const;

async function readProfiles(link: Link, ids: readonly unknown[]): Promise<Map<string, StationProfile>> {
  if (ids.length === 0) return new Map();
  const found = await link.rows(
    `SELECT station_id, ${PROFILE_COLUMNS.join()} FROM tdl_profile WHERE station_id IN (${ids.join()})`,
  );
  return new Map(
    found.map(([id, ...cells]) => {
      const row = Object.fromEntries(PROFILE_COLUMNS.map((column, at) => [column, cells[at]]));
      return [String(id), profileOf(row)];
    }),
  );
}

/** Of stations without facts of their own, or as their facts say. */
export async function writeProfiles(
  rows: RowWriter,
  told: readonly { readonly id: number | bigint; readonly profile: StationProfile }[],
): Promise<void> {
  await rows.upsert(
    {
      table: 'tdl_profile',
      columns: ['station_id', ...PROFILE_COLUMNS],
      count: told.length,
      values: told.map(
        ({ id, profile }) => `${id},${PROFILE_COLUMNS.map((name) => literal(profile[name] ?? null)).join()}`,
      ),
    },
    ['station_id'],
  );
}
