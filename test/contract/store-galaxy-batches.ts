import { NO_BLOCKS } from '../../src/domain/spansh/block-counts.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type {
  GalaxyImport,
  ImportCounts,
  ReferenceTables,
} from '../../src/domain/ports/store/galaxy-store.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import type {
  DumpBatch,
  StagedMarket,
  StagedStation,
  StagedVendor,
  StationRow,
  SystemRow,
} from '../../src/domain/spansh/records.ts';
import {
  FUEL,
  GOLD,
  LINCOLN,
  NOON_S,
  PLATINUM,
  SYSTEM,
  snapshot,
  type Row,
  type TestDatabase,
} from './store-world.ts';

export const NO_TABLES: ReferenceTables = {
  commodities: null,
  rares: null,
  shipyard: null,
  outfitting: null,
};

export const SIDEWINDER = { id: 128_049_249, name: 'Sidewinder' } as const;
export const EAGLE = { id: 128_049_255, name: 'Eagle' } as const;
export const LASER = { id: 128_049_381, name: 'Pulse Laser', class: 1, rating: 'F', ship: null } as const;
export const ALLOY = { id: 128_049_250, name: 'Alloy', class: 1, rating: 'I', ship: 'Sidewinder' } as const;

/** Of a dump, levels are unknown. */
export const DUMP_GOLD: Row = [GOLD, 9_000, 500, -1, 0, 0, -1];
export const DUMP_FUEL: Row = [FUEL, 70, 1, -1, 85, 30_000, -1];
export const DUMP_PLATINUM: Row = [PLATINUM, 20_000, 10, -1, 0, 0, -1];

/** Sol, unless told otherwise. */
export function systemRow(fields: Partial<SystemRow> = {}): SystemRow {
  return {
    ...{ id: BigInt(SYSTEM.Sol), name: 'Sol', lookupName: null, x: 0, y: 0, z: 0, modifiedS: NOON_S },
    ...fields,
  };
}

/** Abraham Lincoln, unless told otherwise. */
export function stationRow(fields: Partial<StationRow> = {}): StationRow {
  return {
    ...{ systemId: BigInt(SYSTEM.Sol), name: LINCOLN.stationName, lookupName: null, lsFromStar: 505 },
    ...({ maxPadSize: 'L', blackmarket: 'N', market: 'Y', shipyard: 'Y', outfitting: 'N' } as const),
    ...({ rearm: 'Y', refuel: '?', repair: 'N', planetary: 'N', typeId: 2, modifiedS: NOON_S } as const),
    ...fields,
  };
}

/** Abraham Lincoln without any part, unless told otherwise. */
export function station(fields: Partial<StagedStation> = {}): StagedStation {
  return {
    id: BigInt(LINCOLN.marketId),
    row: null,
    market: null,
    shipyard: null,
    outfitting: null,
    ...fields,
  };
}

export function market(rows: readonly Row[], at = NOON_S): StagedMarket {
  return { observedAtS: at, rows: Int32Array.from(snapshot(rows).rows) };
}

export function vendor(ids: readonly number[], at = NOON_S): StagedVendor {
  return { observedAtS: at, ids: Int32Array.from(ids).sort() };
}

export function batch(fields: Partial<DumpBatch>): DumpBatch {
  return {
    ...{ systems: [], stations: [], items: [], ships: [], upgrades: [] },
    ...{ systemsRead: 0, stationsRead: 0, problems: {}, blocks: NO_BLOCKS },
    ...fields,
  };
}

/** A bit of everything. */
export function variety(generation: Generation): DumpBatch {
  const lookupName = generation === 'v13' ? 'X' : null;
  const id = 4_300_000_001n;
  return batch({
    systems: [
      systemRow({ lookupName }),
      systemRow({
        id: 2n ** 63n - 2n,
        name: "Barnard's Star",
        lookupName,
        x: -3.03125,
        y: 1.375,
        z: 25_899.96875,
      }),
    ],
    stations: [
      station({ row: stationRow({ lookupName }), market: market([DUMP_GOLD, DUMP_FUEL]) }),
      station({
        id,
        row: stationRow({ systemId: 2n ** 63n - 2n, name: 'Čapek, "Port"', lookupName }),
        market: market([DUMP_PLATINUM], NOON_S - 60),
        shipyard: vendor([SIDEWINDER.id, EAGLE.id], NOON_S - 120),
        outfitting: generation === 'v12' ? vendor([LASER.id, ALLOY.id], NOON_S - 180) : null,
      }),
    ],
    items: [
      { id: GOLD, name: 'Gold', category: 'Metals', symbol: 'Gold' },
      { id: FUEL, name: 'Hydrogen Fuel', category: 'Chemicals', symbol: null },
      { id: PLATINUM, name: 'Platinum', category: 'Metals', symbol: null },
    ],
    ships: [SIDEWINDER, EAGLE],
    upgrades: generation === 'v12' ? [LASER, ALLOY] : [],
  });
}

/** Runs a whole import and closes it. @returns what each batch wrote */
export async function importInto(
  store: Store,
  batches: readonly DumpBatch[],
  tables: ReferenceTables = NO_TABLES,
): Promise<ImportCounts[]> {
  return withImport(
    store,
    async (running) => {
      const counts: ImportCounts[] = [];
      for (const each of batches) counts.push(await running.apply(each));
      await running.finish();
      return counts;
    },
    tables,
  );
}

export async function withImport<T>(
  store: Store,
  run: (running: GalaxyImport) => Promise<T>,
  tables: ReferenceTables = NO_TABLES,
): Promise<T> {
  const running = await store.beginImport(tables);
  try {
    return await run(running);
  } finally {
    await running.close();
  }
}

const TABLES: Readonly<Record<string, string>> = {
  System: 'system_id',
  Station: 'station_id',
  Category: 'category_id',
  Item: 'item_id',
  StationItem: 'station_id, item_id',
  Ship: 'ship_id',
  ShipVendor: 'ship_id, station_id',
  FDevShipyard: 'id',
};

const TABLES_12: typeof TABLES = {
  Upgrade: 'upgrade_id',
  UpgradeVendor: 'upgrade_id, station_id',
  RareItem: 'rare_id',
  FDevOutfitting: 'id',
};

/** Every row of every table an import may touch. */
export async function contentOf(db: TestDatabase, generation: Generation) {
  const content: Record<string, unknown> = {};
  for (const [table, key] of Object.entries({ ...TABLES, ...(generation === 'v12' && TABLES_12) })) {
    content[table] = await db.sql(`SELECT * FROM ${table} ORDER BY ${key}`);
  }
  return content;
}
