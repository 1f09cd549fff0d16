import { expect, test } from 'vitest';
import { AppError, StoreError } from '../../src/domain/errors.ts';
import {
  isConnectionLost,
  isLoadRefused,
  isPuzzling,
  refusalOf,
  rowFault,
  rowOutcome,
  RowsChangedError,
  toStoreError,
} from '../../src/infra/store/mariadb/errors.ts';

/** As the driver gives what the server says. */
const said = (errno: number, message = 'from the server') =>
  Object.assign(new Error(message), { errno, sqlState: 'HY000', code: `ER_${errno}` });

/** Of the driver or the system: the server said nothing. */
const failed = (code: string) => Object.assign(new Error(`from ${code}`), { code });

const AGAIN = 'it is tried again';

test.each([
  [1213, 'deadlock'],
  [1205, 'lockWait'],
  [1406, 'invalid'],
  [1452, 'failed'],
] as const)('number %i is of a row: %s', (errno, fault) => {
  expect(rowFault(said(errno))).toBe(fault);
  expect(isPuzzling(said(errno))).toBe(false);
  expect(isConnectionLost(said(errno))).toBe(false);
  // Where no row is written somebody else is in the way.
  expect(toStoreError(said(errno), 'db:3306')).toMatchObject({
    code: 'busy',
    message: 'db:3306 is held up by another program: from the server',
    advice: expect.stringContaining('keeps a transaction open') as string,
  });
});

test.each([
  ['deadlock', 'contended'],
  ['lockWait', 'contended'],
  ['invalid', 'invalid'],
  ['failed', 'failed'],
] as const)('a station that meets %s is %s, and it is said why', (fault, status) => {
  expect(rowOutcome(fault, new Error('why'))).toEqual({ status, reason: 'why' });
  expect(rowOutcome(fault, 'why')).toEqual({ status, reason: 'why' });
});

test('what the database refuses of a record is said with it; only what is wrong in itself can never be written', () => {
  expect(refusalOf('system 5', said(1406))).toEqual({ text: 'system 5: from the server', isInvalid: true });
  expect(refusalOf('system 5', said(1452))).toMatchObject({ isInvalid: false });
  expect(refusalOf('system 5', 'no')).toEqual({ text: 'system 5: no', isInvalid: false });
});

test('rows that another writer took away are read again', () => {
  expect(rowFault(new RowsChangedError('gone'))).toBe('deadlock');
});

test.each([
  ['a wrong password', 1045, 'unavailable', 'does not let this user in', true],
  ['too many connections', 1040, 'unavailable', 'has no connection free', true],
  ['no such database', 1049, 'unavailable', 'has no such database', true],
  ['no right to write', 1142, 'unavailable', 'does not allow this user what is needed', true],
  ['a table that is gone', 1146, 'unavailable', 'has lost a table, a column or a key meanwhile', true],
  ['a read-only server', 1290, 'readOnly', 'is read-only', false],
  ['a full table', 1114, 'full', 'has no room left', false],
  ['a number nobody knows', 31_000, 'unavailable', 'answered with an error', false],
] as const)('%s is told in words, and whether the connection is lost', (_, errno, code, what, isLost) => {
  const error = said(errno);
  expect(rowFault(error)).toBeUndefined();
  expect(isConnectionLost(error)).toBe(isLost);
  expect(isPuzzling(error)).toBe(errno === 31_000);
  const told = toStoreError(error, 'db:3306');
  expect(told).toBeInstanceOf(StoreError);
  expect(told).toMatchObject({
    ...{ code, message: `db:3306 ${what}: from the server`, cause: error },
    advice: expect.stringContaining(AGAIN) as string,
  });
});

test('a full disk is one, whatever number it comes with, if the server says so', () => {
  for (const message of ['Got error 28 "No space left"', 'Errcode: 28', 'ERROR: 28'])
    expect(toStoreError(said(1030, message), 'db')).toMatchObject({ code: 'full' });
  expect(toStoreError(said(1030, 'Got error 284'), 'db')).toMatchObject({ code: 'unavailable' });
  expect(toStoreError(Object.assign(failed('ECONNRESET'), { message: 'error 28' }), 'db')).toMatchObject({
    code: 'unavailable',
  });
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'PROTOCOL_CONNECTION_LOST'])(
  'a server that is gone is told in one line, however it shows: %s',
  (code) => {
    expect(isConnectionLost(failed(code))).toBe(true);
    expect(toStoreError(failed(code), 'db:3306')).toMatchObject({
      ...{ code: 'unavailable', message: 'db:3306 does not answer' },
    });
  },
);

test.each(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'XECONNRESET'])(
  'one that cannot be reached is told with the reason: %s',
  (code) => {
    expect(toStoreError(failed(code), 'db:3306')).toMatchObject({
      message: `db:3306 could not be reached: from ${code}`,
    });
  },
);

test.each([
  'HANDSHAKE_SSL_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
])('%s is trouble with TLS', (code) => {
  expect(toStoreError(failed(code), 'db:3306')).toMatchObject({
    message: `db:3306 could not be reached over TLS: from ${code}`,
    advice: expect.stringContaining('ssl_ca') as string,
  });
});

test('what the driver calls fatal is of the connection, whatever its code', () => {
  const fatal = Object.assign(new Error('broken'), { fatal: true });
  expect(isConnectionLost(fatal)).toBe(true);
  expect(toStoreError(fatal, 'db')).toMatchObject({ message: 'db could not be reached: broken' });
  const minor = Object.assign(new Error('a bug'), { fatal: false });
  expect(toStoreError(minor, 'db')).toBe(minor);
});

test.each([
  ['a bug', new TypeError('a bug')],
  ['a wrong argument', failed('ERR_INVALID_ARG_TYPE')],
  ['a code that is a number', Object.assign(new Error('odd'), { code: 7 })],
  ['an error of ours', new StoreError('aborted', 'stopped')],
  ['an error of ours of elsewhere', new AppError('clock', 'late')],
  ['no error', 'a text'],
])('%s stays as it is', (_, error) => {
  expect(toStoreError(error, 'db')).toBe(error);
  expect(rowFault(error)).toBeUndefined();
  expect(isPuzzling(error)).toBe(false);
  expect(isConnectionLost(error)).toBe(false);
  expect(isLoadRefused(error)).toBe(false);
});

test('a server that takes no LOAD DATA LOCAL is told from others', () => {
  expect([1148, 4166, 1045].map((errno) => isLoadRefused(said(errno)))).toEqual([true, true, false]);
});
