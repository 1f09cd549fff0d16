import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { killChild } from '../support/child.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { rejection, useSqliteFile, writeManyStations } from './sqlite-file-world.ts';
import { GOLD_ROW, snapshot } from './store-world.ts';

const at = useSqliteFile();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await killChild(child);
});

test('a database held by another process is busy, the main thread is not; later it works', async () => {
  const store = await at.seededStore();
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
  const store = await at.seededStore();
  await store.writeMarkets([snapshot([GOLD_ROW])]);
  await start('hold');
  expect(await store.exportListings('live', () => Promise.resolve())).toEqual({ rows: 1, stations: 1 });
  expect(await store.stats()).toMatchObject({ totalRows: 1 });
});

test('a process killed while writing leaves whole stations', async () => {
  const store = await at.seededStore();
  await store.close();
  const writer = await start('write');
  await killChild(writer);
  using db = new DatabaseSync(at.file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const stations = db
    .prepare('SELECT COUNT(*) AS n, COUNT(DISTINCT modified) AS times FROM StationItem GROUP BY station_id')
    .all();
  expect(stations).toHaveLength(20);
  for (const station of stations) expect(station).toEqual({ n: 3, times: 1 });
});

test('a file that may not be written is readOnly', async () => {
  const store = await at.seededStore();
  await store.close();
  await chmod(at.parent, 0o777);
  await chmod(at.directory, 0o777);
  await chmod(at.file, 0o444);
  await asOrdinaryUser(async () => {
    expect(await rejection(store.writeMarkets([snapshot([GOLD_ROW])]))).toMatchObject({ code: 'readOnly' });
    await store.close();
  });
  await chmod(at.file, 0o644);
  expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
});

test('a full disk is full, and nothing is half-written', async (context) => {
  at.directory = smallDisk(context, 1024 * 1024);
  const store = await at.seededStore();
  await writeFile(join(at.directory, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => undefined);
  expect(await rejection(writeManyStations(store))).toMatchObject({ code: 'full' });
  await rm(join(at.directory, 'filler'));
  expect(await store.stats()).toMatchObject({ totalRows: 0 });
  expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
});

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
  const child = spawn(process.execPath, [script, mode, at.file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}
