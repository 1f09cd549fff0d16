import { expect, test } from 'vitest';
import {
  AppError,
  describeError,
  describeLast,
  exitCodeOf,
  isErrorCode,
  StoreError,
  type StoreErrorCode,
} from '../../src/domain/errors.ts';

test.each([
  ['usage', 2],
  ['config.broken', 2],
  ['dbConfig.invalid', 2],
  ['paths.notWritable', 2],
  ['instance.held', 1],
  ['feedFile', 1],
  ['dump', 1],
] as const)('%s ends the program with %i', (code, exit) => {
  expect(exitCodeOf(new AppError(code, 'it is so'))).toBe(exit);
});

test('a database that may come back is a failure, one that is refused wrong set-up', () => {
  const codes: StoreErrorCode[] = ['unavailable', 'busy', 'readOnly', 'full', 'refused', 'aborted'];
  for (const code of codes) {
    const error = new StoreError(code, 'it is so');
    expect(exitCodeOf(error)).toBe(error.retryable ? 1 : 2);
  }
  expect(exitCodeOf(new StoreError('refused', 'another schema'))).toBe(2);
});

test('a bug is a failure', () => {
  expect(exitCodeOf(new TypeError('x is no function'))).toBe(1);
  expect(exitCodeOf('thrown')).toBe(1);
});

test.each([
  ['free its disk; it is tried again', 'it is so (free its disk)'],
  ['it is tried again; if it lasts, look', 'it is so (if it lasts, look)'],
  ['it is tried again', 'it is so'],
  ['look at it', 'it is so (look at it)'],
])('a program that ends does not promise to try again: %s', (advice, text) => {
  expect(describeLast(new AppError('feed', 'it is so', { advice }))).toBe(text);
});

test('an error says what is wrong and what to do; its cause is kept for the debug log', () => {
  const cause = new Error('EACCES');
  const error = new StoreError('readOnly', 'the disk is read-only', { advice: 'mount it', cause });
  expect(describeError(error)).toBe('the disk is read-only (mount it)');
  expect([error.cause, error.name]).toEqual([cause, 'StoreError']);
  expect(new AppError('usage', 'no').name).toBe('AppError');
  expect([describeError(new AppError('usage', 'no')), describeError(cause), describeError(7)]).toEqual([
    'no',
    'EACCES',
    '7',
  ]);
});

test.each([
  ['usage', true],
  ['toString', false],
  [7, false],
  [['usage'], false],
])('%j is a code of errors: %j', (code, is) => {
  expect(isErrorCode(code)).toBe(is);
});
