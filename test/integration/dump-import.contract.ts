import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import {
  NO_COUNTS,
  type FDevModule,
  type ReferenceTables,
} from '../../src/domain/ports/store/galaxy-store.ts';
import type { ImportResult } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { readDump } from '../../src/infra/spansh/dump-reader.ts';
import { openDumpFile } from '../../src/infra/spansh/dump-source.ts';
import { importDump } from '../../src/infra/spansh/import-dump.ts';
import { contentOf, withImport } from '../contract/store-galaxy-batches.ts';
import { epochS, type CreateDatabase, type SqlRow, type TestDatabase } from '../contract/store-world.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import { applyDump, type CsvRow } from '../support/dump-oracle.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';
import { SMALL_DUMP } from '../support/small-dump.ts';
import { whenMany } from '../support/times.ts';

/** A dump, and EDCD's tables to import it with. */
interface Source {
  readonly dumpFile: () => string;
  readonly text: () => string;
  readonly fdevIds: URL;
  /** About half of the blocks are newer. */
  readonly limitS: number;
}

const EXCERPT = fileURLToPath(new URL('spansh/galaxy_stations.excerpt.json.gz', SHARED_DATA));

const small: Source = {
  dumpFile: () => {
    const file = join(tempDir(), 'galaxy_stations.json');
    writeFileSync(file, SMALL_DUMP.text);
    return file;
  },
  text: () => SMALL_DUMP.text,
  fdevIds: new URL('../support/fixtures/fdevids/', import.meta.url),
  limitS: SMALL_DUMP.limitS,
};

const excerpt: Source = {
  dumpFile: () => EXCERPT,
  text: () => gunzipSync(readFileSync(EXCERPT)).toString(),
  fdevIds: new URL('fdevids/', SHARED_DATA),
  limitS: Date.UTC(2025, 5, 10) / 1000,
};

/**
 * Dumps imported as the daemon does, compared with an independent computation.
 * @param ofExcerpt the generation into which the excerpt of a real one goes in the suite
 */
export function dumpImportContract(name: string, create: CreateDatabase, ofExcerpt: Generation): void {
  describe(`a dump in ${name}`, () => {
    describe.each(['v12', 'v13'] as const)('%s', (generation) => {
      describe('a small one', () => sourceContract(create, generation, small));
      const real = hasSharedData ? describe : describe.skip;
      const each = generation === ofExcerpt ? real : whenMany(real);
      each('the excerpt of a real one', () => {
        sourceContract(create, generation, excerpt);
      });
    });
  });
}

function sourceContract(create: CreateDatabase, generation: Generation, source: Source): void {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await create();
  });
  afterEach(() => db.dispose());

  const csv = (file: string) =>
    parse<Record<string, string>>(readFileSync(new URL(file, source.fdevIds)), { columns: true });

  test.each([0, source.limitS])('blocks since %i: every table is as computed', async (notBeforeS) => {
    const store = db.store(generation);
    await importAll(store, source.dumpFile(), referenceTables(csv), notBeforeS);
    const expected = applyDump({
      ...{ text: source.text(), generation, notBeforeS, commodities: csv('commodity.csv') },
      ...{ rares: csv('rare_commodity.csv'), shipyard: csv('shipyard.csv') },
    });
    for (const [table, rows] of Object.entries(expected)) {
      const columns = columnsOf(table, generation);
      const actual = await db.sql(`SELECT ${columns.join()} FROM ${table} ORDER BY 1, 2`);
      const wanted = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
      expect({ table, rows: actual.map(plain) }).toEqual({ table, rows: wanted });
      expect(rows.length, table).toBeGreaterThan(table === 'RareItem' ? -1 : 0);
    }
  });

  test('it is known then, and a second import changes nothing', async () => {
    const store = db.store(generation);
    const tables = referenceTables(csv);
    const dump = source.dumpFile();
    const { counts } = await importAll(store, dump, tables, 0);
    expect(counts.marketRows).toBeGreaterThan(0);
    const before = await contentOf(db, generation);
    expect(await countUnknown(store, dump)).toBe(0);
    expect((await importAll(store, dump, tables, 0)).counts).toEqual(NO_COUNTS);
    expect(await contentOf(db, generation)).toEqual(before);
  });

  test('clients load the published set without a word', async () => {
    const store = db.store(generation);
    await importAll(store, source.dumpFile(), referenceTables(csv), 0);
    const dir = tempDir();
    const { rows } = await store.exportSet((file) => {
      writeFileSync(join(dir, `${file}.csv`), '');
      return (chunk) => {
        writeFileSync(join(dir, `${file}.csv`), chunk, { flag: 'a' });
        return Promise.resolve();
      };
    });
    expect(rows.listings).toBeGreaterThan(0);
    expect(checkPublishedSet(dir, generation)).toEqual([]);
  });
}

/** As the daemon does it, with blocks since then. */
async function importAll(
  store: Store,
  file: string,
  reference: ReferenceTables,
  blocksNotBeforeS: number,
): Promise<ImportResult> {
  const maxAgeDays = 30;
  const result = await importDump(store, await openDumpFile(file), {
    ...{ reference, maxAgeDays, nowS: blocksNotBeforeS + maxAgeDays * 86_400, maxClockSkewS: Infinity },
    ...{ threads: 1, isCleared: () => false, onProgress: () => undefined },
    signal: new AbortController().signal,
  });
  expect(result.problems).toEqual({});
  return result;
}

/** @returns how many systems and stations the readers of a dump take for new or newer */
function countUnknown(store: Store, file: string): Promise<number> {
  return withImport(store, async (running) => {
    const { generation, categories, itemCategories } = running;
    const rules = { generation, categories, itemCategories, blocksNotBeforeS: 0, notAfterS: Infinity };
    let records = 0;
    for await (const batch of readDump(await openDumpFile(file), { rules, known: await running.known() }))
      records += batch.systems.length + batch.stations.length;
    return records;
  });
}

function referenceTables(csv: (file: string) => CsvRow[]): ReferenceTables {
  const withId = (file: string) => csv(file).map((row) => ({ ...row, id: Number(row.id) }));
  return {
    commodities: withId('commodity.csv').map((row) => ({ ...row, rare: false })) as never,
    rares: withId('rare_commodity.csv').map((row) => ({
      ...row,
      marketId: BigInt((row as unknown as CsvRow).market_id!),
    })) as never,
    shipyard: withId('shipyard.csv') as never,
    outfitting: withId('outfitting.csv') as unknown as FDevModule[],
  };
}

/** In the order of the oracle's rows. */
function columnsOf(table: string, generation: Generation): string[] {
  const only13 = (column: string) => (generation === 'v13' ? [column] : []);
  const position = ['x', 'y', 'z'].map((axis) => `CAST(pos_${axis} AS DOUBLE) AS pos_${axis}`);
  const flags = ['market', 'shipyard', 'outfitting', 'rearm', 'refuel', 'repair', 'planetary'];
  const sides = ['demand', 'supply'].flatMap((side) => [`${side}_price`, `${side}_units`, `${side}_level`]);
  const columns: Record<string, string[]> = {
    System: ['system_id', 'name', ...only13('lookup_name'), ...position, 'modified'],
    Station: [
      ...['station_id', 'name', ...only13('lookup_name'), 'system_id', 'ls_from_star', 'blackmarket'],
      ...['max_pad_size', ...flags, 'type_id', 'modified'],
    ],
    StationItem: ['station_id', 'item_id', ...sides, 'modified', 'from_live'],
    Item: ['item_id', 'name', 'category_id', 'ui_order', 'fdev_id', ...only13('rare_station_id')],
    Ship: ['ship_id', 'name'],
    ShipVendor: ['ship_id', 'station_id', 'modified'],
    FDevShipyard: ['id', 'symbol', 'name', 'entitlement'],
    Upgrade: ['upgrade_id', 'name', 'class', 'rating', 'ship'],
    UpgradeVendor: ['upgrade_id', 'station_id', 'modified'],
    RareItem: ['rare_id', 'station_id', 'category_id', 'name'],
  };
  return columns[table]!;
}

/** A row in the form of the oracle's: times in epoch seconds, coordinates as JavaScript prints them. */
function plain(row: SqlRow): (string | null)[] {
  return Object.entries(row).map(([column, value]) => {
    if (value === null) return null;
    if (column === 'modified') return String(epochS(value));
    return column.startsWith('pos_') ? String(Number(value)) : value;
  });
}
