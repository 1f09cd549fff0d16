import { afterEach, beforeEach } from 'vitest';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { Generation, GenerationChoice } from '../../src/domain/generation.ts';
import type { ChangeLimits } from '../../src/domain/ports/store/changes.ts';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import type { Target } from '../support/target-store.ts';

/** A fresh, empty database of one backend. Everything a contract test needs to know of it. */
export interface TestDatabase {
  /** A store on this database, not opened. Each call gives an independent one, as another process would have. */
  store(choice?: GenerationChoice, options?: StoreOptions): WholeStore;
  /** How another process finds it. */
  readonly target: Pick<Target, 'sqlite' | 'mariadb'>;
  /** The asking side of this database. */
  queries(): Queries;
  /**
   * Runs one statement on a connection of its own, committed at once, foreign keys unchecked (orphans can be planted).
   * The suite writes plain SQL that every backend takes. Every value comes back as text, 64-bit integers exact;
   * NULL as null.
   */
  sql(statement: string): Promise<SqlRow[]>;
  /** From now on the database itself refuses new `StationItem` rows of this station with an error (a trigger). */
  refuseRowsOf(marketId: number): Promise<void>;
  /** Closes every store and everything asking that was given out and removes the database. */
  dispose(): Promise<void>;
}

/** What a store of a test may be told otherwise. */
interface StoreOptions {
  readonly ownTables?: boolean;
  readonly looksOnly?: boolean;
  readonly changeLog?: ChangeLimits;
  readonly notAfterS?: () => number;
}

export type SqlRow = Record<string, string | null>;
export type CreateDatabase = () => Promise<TestDatabase>;

export const GOLD = 128_049_154;
export const PLATINUM = 128_049_152;
export const FUEL = 128_049_202;
/** Rare: no Item until a market lists it. */
export const BRANDY = 128_668_547;
/** Its category is none of Trade Dangerous'. */
export const ODDITY = 128_999_999;
/** In no catalogue. */
export const NOVELTY = 128_999_998;

export const COMMODITIES: readonly Commodity[] = [
  { id: PLATINUM, symbol: 'Platinum', category: 'Metals', name: 'Platinum', rare: false },
  { id: FUEL, symbol: 'HydrogenFuel', category: 'Chemicals', name: 'Hydrogen Fuel', rare: false },
  { id: GOLD, symbol: 'Gold', category: 'Metals', name: 'Gold', rare: false },
  { id: BRANDY, symbol: 'LavianBrandy', category: 'Legal Drugs', name: 'Lavian Brandy', rare: true },
];

/** A rare, too. */
export const WITH_ODDITY: readonly Commodity[] = [
  ...COMMODITIES,
  { id: ODDITY, symbol: 'Oddity', category: 'Oddities', name: 'Oddity', rare: true },
];

/** Text, for ids beyond 2^53 must stay exact. */
export const SYSTEM = {
  Sol: '10477373803',
  Alioth: '1109989017963',
  /** The largest 64-bit id. */
  Far: '9223372036854775807',
  /** Two systems bear this name. */
  Twin: ['5001', '5002'],
} as const;

/** In Sol, known to the table, without rows. */
export const LINCOLN = { marketId: 128_000_001, systemName: 'Sol', stationName: 'Abraham Lincoln' } as const;
/** In Far. */
export const OUTPOST = { marketId: 128_000_002, systemName: 'Far', stationName: 'Outpost' } as const;
/** In no table. */
export const STRANGER = { marketId: 3_700_000_001, systemName: 'Alioth', stationName: 'K7Q-B1N' } as const;

/** 2026-03-01T12:00:00Z. */
export const NOON_S = 1_772_366_400;
/** `Station.modified` of the seeded stations. */
export const SEEDED_S = NOON_S - 86_400;

/** item, demand price, units, level, supply price, units, level, mean price. */
export type Row = readonly [number, number, number, number, number, number, number, number?];

export const GOLD_ROW: Row = [GOLD, 9_400, 1_200, 3, 0, 0, 0];
export const PLATINUM_ROW: Row = [PLATINUM, 19_800, 40, 1, 0, 0, 0];
export const FUEL_ROW: Row = [FUEL, 80, 0, -1, 95, 41_000, 2];

/** A snapshot of Abraham Lincoln's market unless told otherwise; `at` in epoch seconds. */
export function snapshot(
  rows: readonly Row[],
  { at = NOON_S, ...names }: Partial<Omit<Snapshot, 'rows'>> & { at?: number } = {},
): Snapshot {
  const sorted = [...rows].sort((a, b) => a[0] - b[0]);
  const flat = sorted.flatMap((row) => Array.from({ length: ROW_WIDTH }, (_, column) => row[column] ?? 0));
  return { ...LINCOLN, ...names, observedAtS: at, receivedAtMs: at * 1000, rows: Int32Array.from(flat) };
}

export interface World {
  readonly db: TestDatabase;
  /** Open, of the asked generation, seeded with {@link COMMODITIES}, systems and stations. */
  readonly store: WholeStore;
  /** Rows of a market in item order: item, six numbers, epoch seconds, from_live. */
  readonly rowsOf: (marketId: number | string) => Promise<number[][]>;
  readonly stationOf: (marketId: number) => Promise<SqlRow | undefined>;
}

/** Gives every test of the enclosing `describe` a seeded database of its own. */
export function useWorld(create: CreateDatabase, generation: Generation = 'v12'): () => World {
  let world: World;
  let db: TestDatabase;
  beforeEach(async () => {
    db = await create();
    world = await populate(db, generation);
  });
  afterEach(() => db.dispose());
  return () => world;
}

async function populate(db: TestDatabase, generation: Generation): Promise<World> {
  const store = db.store(generation);
  await store.open();
  await store.useCatalogue(COMMODITIES);
  await addSystems(db, [
    [SYSTEM.Sol, 'Sol'],
    [SYSTEM.Alioth, 'Alioth'],
    [SYSTEM.Far, 'Far'],
    [SYSTEM.Twin[0], 'Twin'],
    [SYSTEM.Twin[1], 'TWIN'],
  ]);
  await addStations(db, [
    [LINCOLN.marketId, LINCOLN.stationName, SYSTEM.Sol],
    [OUTPOST.marketId, OUTPOST.stationName, SYSTEM.Far],
  ]);
  return {
    db,
    store,
    async rowsOf(marketId) {
      const rows = await db.sql(
        `SELECT item_id, demand_price, demand_units, demand_level, supply_price, supply_units, supply_level,
          modified, from_live FROM StationItem WHERE station_id = ${marketId} ORDER BY item_id`,
      );
      return rows.map((row) =>
        Object.entries(row).map(([column, value]) => (column === 'modified' ? epochS(value) : Number(value))),
      );
    },
    async stationOf(marketId) {
      return (await db.sql(`SELECT * FROM Station WHERE station_id = ${marketId}`))[0];
    },
  };
}

async function addSystems(db: TestDatabase, systems: readonly (readonly [string, string])[]) {
  const values = systems.map(
    ([id, name]) => `(${id}, ${quote(name)}, 1.5, -2.25, 25899.96875, ${stamp(SEEDED_S)})`,
  );
  await db.sql(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES ${values.join()}`);
}

/** Where distances are measured from. */
export async function addSol(db: TestDatabase) {
  await db.sql(
    `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES (${SYSTEM.Sol}, 'Sol', 0, 0, 0, '2026-01-01')`,
  );
}

export async function addStations(
  db: TestDatabase,
  stations: readonly (readonly [number | string, string, string])[],
) {
  const values = stations.map(
    ([id, name, system]) => `(${id}, ${quote(name)}, ${system}, 496, 'Y', ${stamp(SEEDED_S)})`,
  );
  await db.sql(
    `INSERT INTO Station (station_id, name, system_id, ls_from_star, market, modified) VALUES ${values.join()}`,
  );
}

/** A market as another program writes it. */
interface Planted {
  readonly marketId: number | string;
  readonly rows: readonly Row[];
  /** SQL: see {@link stamp}. */
  readonly modified: string;
  readonly fromLive?: number;
}

/** Rows as another program writes them. `modified` is SQL: see {@link stamp}. */
export async function plant(
  db: TestDatabase,
  marketId: number | string,
  rows: readonly Row[],
  modified: string,
  fromLive = 0,
) {
  await plantAll(db, [{ marketId, rows, modified, fromLive }]);
}

/** In one statement. */
export async function plantAll(db: TestDatabase, markets: readonly Planted[]) {
  const values = markets.flatMap(({ marketId, rows, modified, fromLive = 0 }) =>
    rows.map((row) => `(${marketId}, ${row.slice(0, 7).join()}, ${modified}, ${fromLive})`),
  );
  await db.sql(
    `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
      supply_units, supply_level, modified, from_live) VALUES ${values.join()}`,
  );
}

/** A timestamp literal, as Trade Dangerous' untyped writes give it, or with a fraction as its typed writes do. */
export function stamp(atS: number, fraction = ''): string {
  return quote(new Date(atS * 1000).toISOString().slice(0, 19).replace('T', ' ') + fraction);
}

/** What {@link TestDatabase.sql} gave for a `modified` -> epoch seconds. */
export function epochS(modified: string | null | undefined): number {
  return Date.parse(`${modified!.slice(0, 19).replace(' ', 'T')}Z`) / 1000;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What {@link World.rowsOf} gives for rows written at a time. */
export function stored(rows: readonly Row[], at = NOON_S, fromLive = 1): number[][] {
  return [...rows].sort((a, b) => a[0] - b[0]).map((row) => [...(row.slice(0, 7) as number[]), at, fromLive]);
}
