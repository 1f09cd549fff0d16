import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { SCHEMAS } from '../../src/domain/eddn/schemas/registry.ts';
import { compileRules } from '../../src/domain/eddn/staging.ts';
import { RecordQueue } from '../../src/domain/galaxy/gathered.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { indexCommodities } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { readReference } from '../../src/infra/edcd/reference.ts';
import { refreshCommodities } from '../../src/infra/edcd/commodities.ts';
import { testRules } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { CreateDatabase, TestDatabase } from './store-world.ts';

const TABLES = [
  ...['System', 'Station', 'StationItem', 'Ship', 'ShipVendor', 'Upgrade', 'UpgradeVendor'],
  ...['tdl_fact', 'tdl_profile', 'tdl_market', 'tdl_waiting'],
];

/** 1,200 consecutive messages of four schemas. */
function readStream(): string[] {
  const text = gunzipSync(readFileSync(new URL('eddn/stream-4-schemas.jsonl.gz', SHARED_DATA))).toString();
  return text.split('\n').filter((line) => line !== '');
}

type Content = Record<string, string[]>;

/** Everything a database holds, by table. */
async function contentOf(db: TestDatabase, generation: Generation): Promise<Content> {
  const tables = TABLES.filter((table) => generation === 'v12' || !table.startsWith('Upgrade'));
  const content: Content = {};
  for (const table of tables) {
    content[table] = (await db.sql(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort();
  }
  return content;
}

async function readTables(generation: Generation) {
  const source = fileURLToPath(new URL('fdevids/', SHARED_DATA));
  const signal = new AbortController().signal;
  const { commodities } = await refreshCommodities(source, tempDir(), signal);
  const { tables } = await readReference(source, tempDir(), generation, commodities, signal);
  return { commodities, tables };
}

/** Plays messages into a store as the writer does: what was learned first, then the markets; parked ones at last. */
async function play(
  store: Store,
  lines: readonly string[],
): Promise<{ parked: Snapshot[]; markets: number }> {
  const { generation } = await store.open();
  const { commodities, tables } = await readTables(generation);
  await store.useCatalogue(commodities);
  const galaxyImport = await store.beginImport(tables);
  await galaxyImport.finish();
  await galaxyImport.close();
  const software = new Set(lines.map((line) => /"softwareName": ?"([^"]*)"/.exec(line)?.[1] ?? ''));
  const rules = compileRules(
    testRules({
      learn: SCHEMAS.map(({ name }) => name),
      whitelist: [...software].map((name) => ({ software: name })),
    }),
  );
  const rowStager = new RowStager(indexCommodities(commodities));
  let parked: Snapshot[] = [];
  let markets = 0;
  const write = async (snapshots: readonly Snapshot[]) => {
    for (const snapshot of snapshots) {
      const [outcome] = await store.writeMarkets([snapshot]);
      if (outcome!.status === 'unknownSystem') parked.push(snapshot);
    }
  };
  for (let from = 0; from < lines.length; from += 100) {
    const stager = new BatchStager(rowStager);
    for (const line of lines.slice(from, from + 100))
      stager.stage(line, rules, Date.parse('2020-08-04T00:00:00Z'), null);
    const batch = stager.finish();
    const queue = new RecordQueue(10_000);
    queue.add(batch.records);
    expect((await store.learn(queue.take(10_000))).deferred).toEqual([]);
    markets += batch.snapshots.length;
    await write(batch.snapshots);
  }
  const again = parked;
  parked = [];
  await write(again);
  return { parked, markets };
}

interface Body {
  readonly event?: string;
  readonly Docked?: boolean;
  readonly SystemAddress: number;
  readonly MarketID: number;
  readonly StationServices: readonly string[];
  readonly DistFromStarLS: number;
  readonly timestamp: string;
}

/** Systems, stations somebody was at, and of the docked ones what the newest docking told; read without our own code. */
function toldIn(lines: readonly string[]) {
  const bodies = lines.map((line) => (JSON.parse(line) as { message: Body }).message);
  const events = bodies
    .filter(({ event }) => ['Docked', 'Location', 'CarrierJump', 'FSDJump'].includes(event ?? ''))
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
  const docked = events.filter(({ event }) => event === 'Docked');
  const at = events.filter(({ event, Docked }) => event === 'Docked' || Docked === true);
  return {
    systems: new Set(events.map(({ SystemAddress }) => String(SystemAddress))),
    stations: new Set(at.map(({ MarketID }) => String(MarketID))),
    complete: new Map(
      docked.map(({ MarketID, DistFromStarLS, StationServices }) => [
        String(MarketID),
        `${Math.trunc(DistFromStarLS)} ${StationServices.includes('refuel') ? 'Y' : 'N'}`,
      ]),
    ),
  };
}

function learnedOf(content: Content): ReturnType<typeof toldIn> {
  const rows = (table: string) => content[table]!.map((row) => JSON.parse(row) as Record<string, string>);
  const whole = rows('Station').filter(({ type_id, planetary }) => type_id !== '0' && planetary !== '?');
  return {
    systems: new Set(rows('System').map(({ system_id }) => system_id!)),
    stations: new Set(whole.map(({ station_id }) => station_id!)),
    complete: new Map(
      whole
        .filter(({ ls_from_star }) => ls_from_star !== '999999')
        .map(({ station_id, ls_from_star, refuel }) => [station_id!, `${ls_from_star} ${refuel}`]),
    ),
  };
}

/** The real stream, in whatever order, ends in the same content. */
export function learningOrdersContract(create: CreateDatabase, generation: Generation): void {
  test(
    'a stream in order, in reverse and shuffled ends in the same content',
    { timeout: 120_000 },
    async () => {
      const lines = readStream();
      const random = new SeededRandom(7);
      const shuffled = lines
        .map((line) => [random.next(), line] as const)
        .sort(([a], [b]) => a - b)
        .map(([, line]) => line);
      const contents: Content[] = [];
      for (const order of [lines, lines.toReversed(), shuffled]) {
        const db = await create();
        try {
          const { parked, markets } = await play(db.store(generation), order);
          expect(markets).toBeGreaterThan(30);
          const systems = await db.sql('SELECT name FROM System');
          const names = new Set(systems.map(({ name }) => name!.toLowerCase()));
          expect(parked.filter(({ systemName }) => names.has(systemName.toLowerCase()))).toEqual([]);
          contents.push(await contentOf(db, generation));
        } finally {
          await db.dispose();
        }
      }
      const [inOrder, inReverse, inAnyOrder] = contents;
      expect(inReverse).toEqual(inOrder);
      expect(inAnyOrder).toEqual(inOrder);
      expect(learnedOf(inOrder!)).toEqual(toldIn(lines));
    },
  );
}
