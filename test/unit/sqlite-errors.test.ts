import { expect, test } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import {
  isConnectionLost,
  isInvalid,
  isRowError,
  toStoreError,
} from '../../src/infra/store/sqlite/errors.ts';

/** As node:sqlite throws them. */
const sqliteError = (errcode: number) =>
  Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode });

test.each([
  ['SQLITE_BUSY', 5, 'busy', 'is held by another program', 'it is tried again'],
  ['SQLITE_BUSY_SNAPSHOT', 517, 'busy', 'is held by another program', 'keeps a transaction open'],
  ['SQLITE_LOCKED', 6, 'busy', 'is held by another program', 'it is tried again'],
  ['SQLITE_PROTOCOL', 15, 'busy', 'is held by another program', 'it is tried again'],
  ['SQLITE_READONLY', 8, 'readOnly', 'cannot be written', 'give this user write permission'],
  ['SQLITE_READONLY_DIRECTORY', 1544, 'readOnly', 'cannot be written', 'and on its directory'],
  ['SQLITE_IOERR_WRITE', 778, 'unavailable', 'could not be read or written', 'check the disk'],
  ['SQLITE_CORRUPT', 11, 'refused', 'is damaged', 'restore a backup'],
  ['SQLITE_FULL', 13, 'full', 'cannot grow: the disk is full', 'free space'],
  ['SQLITE_CANTOPEN', 14, 'unavailable', 'cannot be opened', 'check that its directory exists'],
  ['SQLITE_NOTADB', 26, 'refused', 'is not an SQLite database', 'name another file'],
  ['SQLITE_ERROR (a table was dropped)', 1, 'unavailable', 'could not be read or written', 'check the disk'],
])('%s says what is the matter with which file, and what to do', (_, errcode, code, what, advice) => {
  const cause = sqliteError(errcode);
  const error = toStoreError(cause, '/data/TradeDangerous.db');
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({
    ...{ code, message: `/data/TradeDangerous.db ${what}: from SQLite`, cause },
    advice: expect.stringContaining(advice) as string,
  });
});

test('what is not of SQLite stays as it is', () => {
  const bug = new TypeError('a bug');
  expect(toStoreError(bug, 'file')).toBe(bug);
  expect(isRowError(bug)).toBe(false);
  expect(isConnectionLost(bug)).toBe(false);
  expect(isInvalid(bug)).toBe(false);
});

test.each([19, 275, 787, 1811, 20])('result code %i blames a row, not the database', (errcode) => {
  expect(isRowError(sqliteError(errcode))).toBe(true);
});

test.each([
  ['too large', 18, true],
  ['another type', 20, true],
  ['a CHECK', 275, true],
  ['another type, of a strict table', 3091, true],
  ['something that is not there', 787, false],
  ['something that is there', 2067, false],
  ['what a trigger says', 1811, false],
])('a row that is refused for %s', (_, errcode, invalid) => {
  expect(isInvalid(sqliteError(errcode))).toBe(invalid);
});

test('waiting for others or for space keeps the connection; anything else opens the file anew', () => {
  expect([5, 13].map((errcode) => isConnectionLost(sqliteError(errcode)))).toEqual([false, false]);
  expect([8, 10, 11, 14, 26, 1].every((errcode) => isConnectionLost(sqliteError(errcode)))).toBe(true);
});
