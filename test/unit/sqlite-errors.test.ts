import { expect, test } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import { isConnectionLost, isRowError, toStoreError } from '../../src/infra/store/sqlite/errors.ts';

/** As node:sqlite throws them. */
const sqliteError = (errcode: number) =>
  Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode });

test.each([
  ['SQLITE_BUSY', 5, 'busy'],
  ['SQLITE_BUSY_SNAPSHOT', 517, 'busy'],
  ['SQLITE_LOCKED', 6, 'busy'],
  ['SQLITE_READONLY', 8, 'readOnly'],
  ['SQLITE_READONLY_DIRECTORY', 1544, 'readOnly'],
  ['SQLITE_IOERR_WRITE', 778, 'unavailable'],
  ['SQLITE_CORRUPT', 11, 'refused'],
  ['SQLITE_FULL', 13, 'full'],
  ['SQLITE_CANTOPEN', 14, 'unavailable'],
  ['SQLITE_NOTADB', 26, 'refused'],
  ['SQLITE_ERROR (a table was dropped)', 1, 'unavailable'],
])('%s', (_, errcode, code) => {
  const error = toStoreError(sqliteError(errcode), '/data/TradeDangerous.db');
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code });
  expect((error as StoreError).message).toContain('/data/TradeDangerous.db');
  expect((error as StoreError).advice).toBeTruthy();
});

test('what is not of SQLite stays as it is', () => {
  const bug = new TypeError('a bug');
  expect(toStoreError(bug, 'file')).toBe(bug);
  expect(isRowError(bug)).toBe(false);
  expect(isConnectionLost(bug)).toBe(false);
});

test.each([19, 275, 787, 1811, 20])('result code %i blames a row, not the database', (errcode) => {
  expect(isRowError(sqliteError(errcode))).toBe(true);
});

test('waiting for others or for space keeps the connection; anything else opens the file anew', () => {
  expect([5, 13].map((errcode) => isConnectionLost(sqliteError(errcode)))).toEqual([false, false]);
  expect([8, 10, 11, 14, 26, 1].every((errcode) => isConnectionLost(sqliteError(errcode)))).toBe(true);
});
