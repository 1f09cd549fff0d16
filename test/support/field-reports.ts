import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { TestDatabase } from '../contract/store-world.ts';
import { indexCommodities, type Commodity } from '../../src/domain/market/catalogue.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { FDevModule, ReferenceTables } from '../../src/domain/ports/store/galaxy-store.ts';
import type { ImportResult } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { openDumpFile } from '../../src/infra/spansh/dump-source.ts';
import { importDump } from '../../src/infra/spansh/import-dump.ts';
import { frameBatch, testRules } from './messages.ts';
import { SHARED_DATA } from './shared-data.ts';

/** The clock of the day from which the reports are, a little after all of them. */
const REPORTED_S = Date.UTC(2026, 10, 28, 8, 45) / 1000;

const report = (file: string) => new URL(`field-reports/${file}`, SHARED_DATA);

type CsvRow = Readonly<Record<string, string>>;

/** Puts what was reported through staging and a store, as the daemon does it. */
export interface FieldWorld {
  readonly db: TestDatabase;
  readonly store: Store;
  /** Imports a dump of the reports. */
  readonly importDump: (file: string) => Promise<ImportResult>;
  /** Stages messages without writing them. */
  readonly stage: (file: string) => StagedBatch;
  /** Stages messages and writes each market that passes. */
  readonly hear: (file: string) => Promise<WriteOutcome[]>;
  /** `[item, demand price]` of a market, ascending item id. */
  readonly pricesOf: (marketId: number) => Promise<number[][]>;
}

/** A database with `base.json`. @param tables files of the reports in place of EDCD's tables */
export async function fieldWorld(
  db: TestDatabase,
  generation: Generation,
  tables: Readonly<Record<string, string>> = {},
): Promise<FieldWorld> {
  const csv = (name: string): CsvRow[] => {
    const file = tables[name] === undefined ? new URL(`fdevids/${name}`, SHARED_DATA) : report(tables[name]);
    return parse<CsvRow>(readFileSync(file), { columns: true });
  };
  const withId = (name: string) => csv(name).map((row) => ({ ...row, id: Number(row.id) }));
  const commodities = ['commodity.csv', 'rare_commodity.csv'].flatMap((name) =>
    withId(name).map((row) => ({ ...row, rare: name.startsWith('rare') })),
  ) as unknown as Commodity[];
  const reference: ReferenceTables = {
    commodities,
    rares: csv('rare_commodity.csv').map((row) => ({
      ...{ id: Number(row.id), symbol: row.symbol!, marketId: BigInt(row.market_id!) },
      ...{ category: row.category!, name: row.name! },
    })),
    shipyard: withId('shipyard.csv') as never,
    outfitting: withId('outfitting.csv') as unknown as FDevModule[],
  };
  const rowStager = new RowStager(indexCommodities(commodities));
  const store = db.store(generation, { notAfterS: () => REPORTED_S + 300 });

  const world: FieldWorld = {
    db,
    store,
    importDump: async (file) =>
      importDump(store, await openDumpFile(fileURLToPath(report(file))), {
        ...{ reference, maxAgeDays: 30, nowS: REPORTED_S, maxClockSkewS: 300, threads: 1 },
        ...{ isCleared: () => false, onProgress: () => undefined, signal: new AbortController().signal },
      }),
    stage(file) {
      const lines = readFileSync(report(file), 'utf8').trim().split('\n');
      const batch = { ...frameBatch(lines), receivedAtMs: REPORTED_S * 1000 };
      return stageBatch(
        batch,
        rowStager,
        testRules({ whitelist: [{ software: 'EDDiscovery' }], learn: ['commodity'] }),
      );
    },
    hear: (file) => store.writeMarkets(world.stage(file).snapshots),
    async pricesOf(marketId) {
      const rows = await db.sql(
        `SELECT item_id, demand_price FROM StationItem WHERE station_id = ${marketId} ORDER BY item_id`,
      );
      return rows.map((row) => Object.values(row).map(Number));
    },
  };
  await store.useCatalogue(commodities);
  await world.importDump('base.json');
  return world;
}
