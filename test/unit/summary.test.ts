import { createActor, fromCallback } from 'xstate';
import { describe, expect, test } from 'vitest';
import { summarise, summaryLine } from '../../src/actors/observing/summary.ts';

describe('a summary', () => {
  test.each([
    [7, 7],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [true, true],
    [null, null],
    [undefined, undefined],
    [9n, '9'],
    [Symbol('s'), 'Symbol(s)'],
    [new Error('broken'), 'Error: broken'],
    [new TypeError('mysql://me:secret@host is away'), 'TypeError: mysql://•••@host is away'],
    [new Uint8Array(12), 'Uint8Array(12)'],
    [new DataView(new ArrayBuffer(5)), 'DataView(5)'],
    [new Map([[1, 2]]), 'Map(1)'],
    [new Set([1, 2]), 'Set(2)'],
    [
      [1, [2]],
      [1, [2]],
    ],
    [{ a: { b: 1 } }, { a: { b: 1 } }],
  ])('of %o is what JSON can tell', (value, summary) => {
    expect(summarise(value)).toEqual(summary);
  });

  test('names functions and actors', () => {
    const find = () => undefined;
    expect(summarise(find)).toBe('function find');
    const actor = createActor(
      fromCallback(() => undefined),
      { id: 'child', systemId: 'writer' },
    );
    expect(summarise({ actor })).toEqual({ actor: 'actor writer' });
    expect(
      summarise(
        createActor(
          fromCallback(() => undefined),
          { id: 'child' },
        ),
      ),
    ).toBe('actor child');
    // What only looks like one in part is none.
    expect(summarise({ sessionId: 1 })).toEqual({ sessionId: 1 });
    expect(summarise({ send: 1 })).toEqual({ send: 1 });
  });

  test.each([
    'password',
    'passwd',
    'db_pass',
    'clientSecret',
    'token',
    'credentials',
    'Authorization',
    'authorisation',
  ])('hides %s', (key) => {
    expect(summarise({ [key]: 'x' })).toEqual({ [key]: '•••' });
    expect(summaryLine({ [key]: 'x' })).toBe(`${key}: •••`);
  });

  test.each(['api_key', 'apiKey', 'private_key', 'privateKey'])('hides %s', (key) => {
    expect(summarise({ [key]: 'x' })).toEqual({ [key]: '•••' });
  });

  test('is bounded in length, width and depth', () => {
    expect(summarise('x'.repeat(300))).toBe('x'.repeat(300));
    expect(summarise('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    const wide = Array.from({ length: 32 }, (_, i) => i);
    expect(summarise(wide)).toEqual([...wide.slice(0, 30), '… 2 more']);
    expect(summarise(wide.slice(0, 30))).toEqual(wide.slice(0, 30));
    const object = Object.fromEntries(wide.map((i) => [`k${i}`, i]));
    const shown = summarise(object) as Record<string, unknown>;
    expect(Object.keys(shown)).toHaveLength(31);
    expect(shown['…']).toBe('2 more');
    const deep = { a: { b: { c: { d: { e: {}, f: [1, 2] } } } } };
    expect(summarise(deep)).toEqual({ a: { b: { c: { d: { e: '{…}', f: 'Array(2)' } } } } });
  });

  test('never throws', () => {
    expect(
      summarise({
        get broken() {
          throw new Error('not now');
        },
      }),
    ).toBe('(unreadable)');
  });
});

describe('a line', () => {
  test('has the first six parts, each in short', () => {
    const values = { a: 1, b: 'two', c: [3], d: { e: 4 }, f: null, g: true, h: 'left out' };
    expect(summaryLine(values)).toBe(
      'a: 1, b: two, c: ["3"], d: {"e":4}, f: null, g: true'.replace('"3"', '3'),
    );
    expect(summaryLine({ deep: { in: { side: 1 } } })).toBe('deep: {"in":"{…}"}');
  });

  test('has at most 160 characters', () => {
    const line = summaryLine({ a: 'x'.repeat(200) });
    expect(line).toHaveLength(160);
    expect(line.endsWith('x…')).toBe(true);
  });
});
