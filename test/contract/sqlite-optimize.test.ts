import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Bytes in a table of its own, then deleted: free pages. */
async function databaseWithFreePages() {
  const file = join(tempDir(), 'TradeDangerous.db');
  const store = createSqliteStore({ file, generation: 'auto' });
  onTestFinished(() => store.close());
  await store.open();
  using db = new DatabaseSync(file);
  db.exec(`CREATE TABLE ballast (bytes BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
    INSERT INTO ballast SELECT randomblob(1000000) FROM n;
    DROP TABLE ballast; PRAGMA wal_checkpoint(TRUNCATE)`);
  return { file, store };
}

function pragma(file: string, name: string): unknown {
  using db = new DatabaseSync(file);
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

test('optimizing gives the free pages back', async () => {
  const { file, store } = await databaseWithFreePages();
  const before = statSync(file).size;
  await store.optimize?.();
  expect(pragma(file, 'freelist_count')).toBe(0);
  pragma(file, 'wal_checkpoint(TRUNCATE)');
  expect(statSync(file).size).toBeLessThan(before - 20_000_000);
});

test('it stops between two steps', async () => {
  const { file, store } = await databaseWithFreePages();
  const abort = new AbortController();
  const optimizing = store.optimize?.(abort.signal);
  abort.abort();
  await expect(optimizing).rejects.toMatchObject({ code: 'aborted' });
  expect(pragma(file, 'freelist_count')).toBeGreaterThan(0);
});

test('a file that was made to keep its free pages keeps them', async () => {
  const { file, store } = await databaseWithFreePages();
  await store.close();
  using db = new DatabaseSync(file);
  db.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM; CREATE TABLE ballast AS SELECT randomblob(1000000); DROP TABLE ballast',
  );
  db.close();
  await store.optimize?.();
  expect(pragma(file, 'freelist_count')).toBeGreaterThan(200);
});
