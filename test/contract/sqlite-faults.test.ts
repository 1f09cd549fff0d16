import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GenerationChoice } from '../../src/domain/generation.ts';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { killChild } from '../support/child.ts';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { COMMODITIES, FUEL_ROW, GOLD_ROW, LINCOLN, STRANGER, snapshot } from './store-world.ts';

let parent: string;
let directory: string;
let file: string;
const stores: MarketStore[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  parent = tempDir();
  directory = join(parent, 'data');
  file = join(directory, 'TradeDangerous.db');
  await mkdir(directory);
});

afterEach(async () => {
  for (const child of children.splice(0)) await killChild(child);
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

test('a database held by another process is busy, the main thread is not; later it works', async () => {
  const store = await seededStore();
  const holder = await start('hold');
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const batch = [snapshot([GOLD_ROW])];
  const error = await rejection(store.writeMarkets(batch));
  clearInterval(turning);
  expect(error).toMatchObject({ code: 'busy', retryable: true });
  expect(turns).toBeGreaterThan(10);
  await killChild(holder);
  expect(await store.writeMarkets(batch)).toMatchObject([{ status: 'written' }]);
});

test('exports read a database that another process is writing', async () => {
  const store = await seededStore();
  await store.writeMarkets([snapshot([GOLD_ROW])]);
  await start('hold');
  expect(await store.exportListings('live', () => Promise.resolve())).toEqual({ rows: 1, stations: 1 });
  expect(await store.stats()).toMatchObject({ totalRows: 1 });
});

test('a process killed while writing leaves whole stations', async () => {
  const store = await seededStore();
  await store.close();
  const writer = await start('write');
  await killChild(writer);
  using db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const stations = db
    .prepare('SELECT COUNT(*) AS n, COUNT(DISTINCT modified) AS times FROM StationItem GROUP BY station_id')
    .all();
  expect(stations).toHaveLength(20);
  for (const station of stations) expect(station).toEqual({ n: 3, times: 1 });
});

test('a file that may not be written is readOnly', async () => {
  const store = await seededStore();
  await store.close();
  await chmod(parent, 0o777);
  await chmod(directory, 0o777);
  await chmod(file, 0o444);
  await asOrdinaryUser(async () => {
    expect(await rejection(store.writeMarkets([snapshot([GOLD_ROW])]))).toMatchObject({ code: 'readOnly' });
    await store.close();
  });
  await chmod(file, 0o644);
  expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
});

test('a full disk is full, and nothing is half-written', async (context) => {
  directory = smallDisk(context, 1024 * 1024);
  file = join(directory, 'TradeDangerous.db');
  const store = await seededStore();
  await writeFile(join(directory, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => undefined);
  expect(await rejection(writeManyStations(store))).toMatchObject({ code: 'full' });
  await rm(join(directory, 'filler'));
  expect(await store.stats()).toMatchObject({ totalRows: 0 });
  expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
});

function openStore(generation: GenerationChoice = 'auto'): MarketStore {
  const store = createSqliteStore({ file, generation });
  stores.push(store);
  return store;
}

/** Sol, Abraham Lincoln in it, and the items. */
async function seededStore(): Promise<MarketStore> {
  const store = openStore();
  await store.useCatalogue(COMMODITIES);
  sql(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`);
  sql(`INSERT INTO Station (station_id, name, system_id) VALUES (${LINCOLN.marketId}, 'Abraham Lincoln', 1)`);
  return store;
}

function writeManyStations(store: MarketStore) {
  const markets = Array.from({ length: 3_000 }, (_, i) => ({
    ...STRANGER,
    systemName: 'Sol',
    marketId: 5_000 + i,
  }));
  return store.writeMarkets(markets.map((market) => snapshot([GOLD_ROW, FUEL_ROW], market)));
}

function sql(statement: string) {
  using db = new DatabaseSync(file);
  return db.prepare(statement).all();
}

function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** File permissions do not bind root. */
async function asOrdinaryUser(act: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await act();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

/** Resolves when the process says that it is ready. */
async function start(mode: 'hold' | 'write'): Promise<ChildProcess> {
  const script = new URL('../support/sqlite-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, mode, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}
