import { expect, test } from 'vitest';
import {
  AppError,
  describeLast,
  exitCodeOf,
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
