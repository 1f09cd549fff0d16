import { statSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { StoreError } from '../../src/domain/errors.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { NO_TABLES } from './store-galaxy-batches.ts';
import { rejection, useSqliteFile, writeManyStations } from './sqlite-file-world.ts';
import { FUEL_ROW, GOLD_ROW, NOON_S, snapshot } from './store-world.ts';

storeThreadsHere();

/** The file of a database: what becomes of it, and what stands in its place. */
const at = useSqliteFile();

test('a missing directory is unavailable until it is there', async () => {
  await rm(at.directory, { recursive: true });
  const store = at.openStore();
  const error = await rejection(store.open());
  expect(error).toMatchObject({ code: 'unavailable' });
  expect((error as StoreError).advice).toContain('directory');
  await mkdir(at.directory);
  expect(await store.open()).toMatchObject({ created: true });
});

test('a directory deleted while the store is open is noticed, not written into nowhere', async () => {
  const store = await at.seededStore();
  await rm(at.directory, { recursive: true });
  expect(await rejection(store.writeMarkets([snapshot([GOLD_ROW])]))).toMatchObject({ code: 'unavailable' });
  expect(await rejection(store.writeMarkets([snapshot([GOLD_ROW])]))).toMatchObject({ code: 'unavailable' });
  await mkdir(at.directory);
  expect(await store.open()).toMatchObject({ created: true });
  expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toEqual([{ status: 'unknownSystem' }]);
});

test('a file that is gone while it is in use is said to be gone, and made anew by the next call', async () => {
  const store = await at.seededStore();
  await rename(at.file, join(at.directory, 'moved.db'));
  expect(await rejection(store.stats())).toMatchObject({
    ...{ code: 'unavailable', message: `${at.file} was moved or removed while it was in use` },
    advice: expect.stringContaining('made anew') as string,
  });
  expect(await store.open()).toMatchObject({ created: true });
  expect(await store.open(), 'told once').toMatchObject({ created: false });
});

test('whoever only looks makes no file, and no tables in an empty one', async () => {
  const looking = at.openStore('auto', true);
  expect(await rejection(looking.open())).toMatchObject({
    ...{ code: 'empty', message: `${at.file} does not exist` },
  });
  await expect(readFile(at.file)).rejects.toThrow('ENOENT');
  await writeFile(at.file, '');
  expect(await rejection(looking.open())).toMatchObject({
    ...{ code: 'empty', message: `${at.file} has no tables yet` },
  });
  expect(await readFile(at.file, 'utf8')).toBe('');
});

test('whoever only looks changes nothing', async () => {
  await (await at.seededStore()).close();
  const looking = at.openStore('auto', true);
  expect(await looking.stats()).toMatchObject({ totalRows: 0 });
  expect(await rejection(looking.writeMarkets([snapshot([GOLD_ROW])]))).toMatchObject({ code: 'readOnly' });
});

test('what is reported of a database names its file and the SQLite that reads it', async () => {
  expect(await (await at.seededStore()).open()).toMatchObject({
    backend: 'sqlite',
    description: expect.stringMatching(/TradeDangerous\.db \(SQLite 3\.\d+\.\d+\)$/) as string,
  });
});

test('one import at a time, and it is said which file waits', async () => {
  const store = await at.seededStore();
  const running = await store.beginImport(NO_TABLES);
  expect(await rejection(store.beginImport(NO_TABLES))).toMatchObject({
    ...{ code: 'busy', message: `a dump is being imported into ${at.file} already` },
    advice: 'wait until that is done',
  });
  await running.close();
  await (await store.beginImport(NO_TABLES)).close();
});

test('a database put in place of the open one is used from then on', async () => {
  const store = await at.seededStore();
  await rename(at.directory, join(at.parent, 'old'));
  await mkdir(at.directory);
  const other = await at.seededStore();
  await other.writeMarkets([snapshot([GOLD_ROW])]);
  expect(await rejection(store.stats())).toMatchObject({ code: 'unavailable' });
  expect(await store.stats()).toMatchObject({ totalRows: 1 });
});

test('a database of the other generation put in place of the open one is refused', async () => {
  const store = await at.seededStore();
  await rename(at.directory, join(at.parent, 'old'));
  await mkdir(at.directory);
  await at.openStore('v13').open();
  await rejection(store.open());
  expect(await rejection(store.open())).toMatchObject({ code: 'refused' });
});

test.each([
  ['text', 'Just some notes, far too few to be a database.\n'],
  ['much text', 'All work and no play makes Jack a dull boy.\n'.repeat(500)],
])('a file of %s is refused and left as it was', async (_, content) => {
  await writeFile(at.file, content);
  const error = await rejection(at.openStore().open());
  expect(error).toMatchObject({ code: 'refused' });
  expect((error as StoreError).message).toContain(at.file);
  expect(await readFile(at.file, 'utf8')).toBe(content);
});

test('a damaged database is refused with advice', async () => {
  const store = await at.seededStore();
  await writeManyStations(store);
  await store.close();
  const handle = await open(at.file, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096);
  await handle.close();
  const error = await rejection(store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S + 1 })]));
  expect(error).toMatchObject({ code: 'refused' });
  expect((error as StoreError).advice).toContain('backup');
});

test('a database made by a newer version of ours is refused', async () => {
  await (await at.seededStore()).close();
  at.sql('PRAGMA user_version = 99');
  expect(await rejection(at.openStore().open())).toMatchObject({
    ...{
      code: 'refused',
      message: expect.stringContaining('newer version of this program (schema 99)') as string,
    },
    advice: expect.stringContaining('update this program') as string,
  });
  expect(at.sql('PRAGMA user_version')).toEqual([{ user_version: 99 }]);
});

/** Bytes in a table of its own, then deleted: free pages. */
async function databaseWithFreePages() {
  const store = at.openStore();
  await store.open();
  using db = new DatabaseSync(at.file);
  db.exec(`CREATE TABLE ballast (bytes BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
    INSERT INTO ballast SELECT randomblob(1000000) FROM n;
    DROP TABLE ballast; PRAGMA wal_checkpoint(TRUNCATE)`);
  return store;
}

function pragma(name: string): unknown {
  using db = new DatabaseSync(at.file);
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

test('optimizing gives the free pages back', async () => {
  const store = await databaseWithFreePages();
  const before = statSync(at.file).size;
  await store.optimize?.();
  expect(pragma('freelist_count')).toBe(0);
  pragma('wal_checkpoint(TRUNCATE)');
  expect(statSync(at.file).size).toBeLessThan(before - 20_000_000);
});

test('it tells the planner of queries what is in tables that have grown', async () => {
  const store = await at.seededStore();
  await writeManyStations(store);
  await store.optimize?.();
  expect(at.sql(`SELECT DISTINCT tbl FROM sqlite_stat1 WHERE tbl = 'StationItem'`)).toHaveLength(1);
});

test('it stops between two steps', async () => {
  const store = await databaseWithFreePages();
  const abort = new AbortController();
  const optimizing = store.optimize?.(abort.signal);
  abort.abort();
  await expect(optimizing).rejects.toMatchObject({ code: 'aborted' });
  expect(pragma('freelist_count')).toBeGreaterThan(0);
});

test('a file that was made to keep its free pages keeps them', async () => {
  const store = await databaseWithFreePages();
  await store.close();
  using db = new DatabaseSync(at.file);
  db.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM; CREATE TABLE ballast AS SELECT randomblob(1000000); DROP TABLE ballast',
  );
  db.close();
  await store.optimize?.();
  expect(pragma('freelist_count')).toBeGreaterThan(200);
});
