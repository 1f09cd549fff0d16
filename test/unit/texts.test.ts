import { describe, expect, test } from 'vitest';
import { didYouMean, nearest, nearestFew } from '../../src/domain/nearest.ts';
import { reasonKind } from '../../src/domain/refusals.ts';
import { quoted } from '../../src/domain/shell.ts';
import { shortId } from '../../src/domain/short-id.ts';
import { hideCredentials, isPlainWebAddress } from '../../src/domain/web-address.ts';

describe('the word that was meant', () => {
  test.each([
    ['exprot', 'export'],
    ['EXPORT', 'export'],
    ['api', 'api'],
    ['apl', 'api'],
    ['lpa', null],
    ['expo', 'export'],
    ['exp', null],
    ['subscribtoins', 'subscriptions'],
    ['shutdown', null],
  ])('%j: %j', (word, meant) => {
    expect(nearest(word, ['export', 'api', 'subscriptions'])).toBe(meant);
  });

  test('three are named, the nearest first', () => {
    expect(nearestFew('gold', ['bolt', 'golds', 'gold', 'good', 'told', 'silver'])).toEqual([
      'gold',
      'golds',
      'good',
    ]);
  });

  test('is advice, where there is one', () => {
    expect(didYouMean('exprot', ['export'], 'see --help')).toBe('did you mean export?');
    expect(didYouMean('x', ['export'], 'see --help')).toBe('see --help');
  });
});

test('a text is one word of a shell, whatever it holds', () => {
  expect([quoted(''), quoted('a b$c'), quoted("it's")]).toEqual(["''", "'a b$c'", String.raw`'it'\''s'`]);
});

test('an id has eight letters and digits, and is nobody else’s', () => {
  const draws = [0, 35.5 / 36 ** 8, 0.999_999_999_999_9].values();
  const taken = ['00000000', '0000000z'];
  expect(
    shortId(
      () => draws.next().value!,
      (id) => taken.includes(id),
    ),
  ).toBe('zzzzzzzz');
  expect(
    shortId(
      () => 1.5 / 36 ** 8,
      () => false,
    ),
  ).toBe('00000001');
});

test('refusals are told apart by their text, not by the values in it', () => {
  expect(reasonKind("row 17 of 'Gold' has 1234 units")).toBe('row  of  has  units');
});

test.each([
  ['https://x.example/a?b=c', true],
  ['http://x.example', true],
  ['ftp://x.example', false],
  ['xhttps://x.example', false],
  ['https2://x.example', false],
  ['https://me@x.example', false],
  ['https://:secret@x.example', false],
  ['x.example', false],
])('%s is an address of the web without a user or a password: %j', (text, plain) => {
  expect(isPlainWebAddress(text)).toBe(plain);
});

test('users and passwords are not shown', () => {
  expect(hideCredentials('http://a:b@x and redis://c@y, "z@w"')).toBe(
    'http://***@x and redis://***@y, "z@w"',
  );
});
