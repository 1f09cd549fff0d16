import { describe, expect, test } from 'vitest';
import {
  aStation,
  aSystem,
  bigId,
  dumpOf,
  knownFrom,
  NOW_S,
  problemCounts,
  RULES,
  spanshTime,
  stageText,
  V13,
} from '../support/dump.ts';

test('a system becomes a row', () => {
  const system = aSystem({ name: "Barnard's Star", coords: { x: -3.03125, y: 1.375, z: 25_899.96875 } });
  expect(stageText(dumpOf(system), V13).systems).toEqual([
    {
      id: 10_477_373_803n,
      name: "Barnard's Star",
      lookupName: 'BARNARDSSTAR',
      x: -3.03125,
      y: 1.375,
      z: 25_899.96875,
      modifiedS: NOW_S,
    },
  ]);
});

test('v12 has no lookup names', () => {
  expect(stageText(dumpOf(aSystem())).systems).toMatchObject([{ lookupName: null }]);
});

describe('the time of a system', () => {
  const date = spanshTime(2_000);
  const updateTime = spanshTime(3_000);
  test.each([
    ['v13', { date, updateTime }, 2_000],
    ['v13', { date: undefined, updateTime }, 3_000],
    ['v13', { date: null, updateTime: null }, 0],
    ['v12', { date, updateTime }, 3_000],
    ['v12', { date, updateTime: undefined }, 0],
    ['v12', { date, updateTime: '2022-05-11 01:37:51.977+00' }, 1_652_233_071],
    ['v12', { updateTime: 'yesterday' }, 0],
  ] as const)('%s %j is %i', (generation, times, modifiedS) => {
    const { systems } = stageText(dumpOf(aSystem(times)), { ...RULES, generation });
    expect(systems).toMatchObject([{ modifiedS }]);
  });

  test('is counted when it cannot be read', () => {
    expect(problemCounts(stageText(dumpOf(aSystem({ updateTime: 'yesterday' }))))).toEqual({
      'unreadable time': 1,
    });
  });
});

describe('64-bit ids', () => {
  test.each(['1', '9007199254740993', '1152921504606846977', '9223372036854775807'])(
    '%s stays exact',
    (id) => {
      expect(stageText(dumpOf(aSystem({ id64: bigId(id) }))).systems).toMatchObject([{ id: BigInt(id) }]);
    },
  );

  test.each([
    ['absent', undefined],
    ['null', null],
    ['zero', 0],
    ['negative', -5],
    ['a fraction', 1.5],
    ['text', '10477373803'],
    ['above 2^63-1', bigId('9223372036854775808')],
    ['longer than any id', bigId('123456789012345678901')],
  ])('%s: the system is skipped with its stations', (_, id64) => {
    const staged = stageText(dumpOf(aSystem({ id64, stations: [aStation()] }), aSystem({ id64: 7 })));
    expect(staged.systems.map(({ id }) => id)).toEqual([7n]);
    expect(staged.stations).toEqual([]);
    expect(problemCounts(staged)).toEqual({ 'no system id': 1 });
  });
});

test.each([[undefined], [null], [''], [' \t'], [5], ['x'.repeat(129)]])(
  'name %j: the system is skipped',
  (name) => {
    const staged = stageText(dumpOf(aSystem({ name, stations: [aStation()] })));
    expect(staged.systems).toEqual([]);
    expect(staged.stations).toEqual([]);
    expect(problemCounts(staged)).toEqual({ 'no system name': 1 });
  },
);

test.each([
  [undefined],
  [null],
  [[0, 0, 0]],
  [{ x: 1, y: 2 }],
  [{ x: '1', y: 2, z: 3 }],
  [{ x: 1, y: null, z: 3 }],
  [{ x: 1, y: 2, z: 1e6 }],
])('coords %j: the system is skipped', (coords) => {
  const staged = stageText(dumpOf(aSystem({ coords })));
  expect(staged.systems).toEqual([]);
  expect(problemCounts(staged)).toEqual({ 'no coordinates': 1 });
});

test('a system that is there twice is there once, as it was last', () => {
  const systems = [
    aSystem({ name: 'Old', updateTime: spanshTime(NOW_S - 10) }),
    aSystem({ name: 'New', updateTime: spanshTime(NOW_S) }),
    aSystem({ name: 'Older', updateTime: spanshTime(NOW_S - 20) }),
  ];
  expect(stageText(dumpOf(...systems)).systems).toMatchObject([{ name: 'New', modifiedS: NOW_S }]);
});

test('the first of each kind of problem is the sample, fit for a log line', () => {
  const systems = [
    aSystem({ name: null, id64: 5 }),
    aSystem({ name: '', id64: 6 }),
    aSystem({ coords: 'a\nb' }),
  ];
  expect(stageText(dumpOf(...systems)).problems).toEqual({
    'no system name': { count: 2, sample: 'system 5: name null' },
    'no coordinates': { count: 1, sample: 'Sol: coords a b' },
  });
});

describe('lines', () => {
  test.each([
    ['cut off', '{"id64":1,"name":"A"'],
    ['cut off in a string', '{"id64":1,"name":"A'],
    ['cut off behind a backslash', '{"id64":1,"name":"A\\'],
    ['a bare word', 'null'],
    ['a broken value', '{"id64":1,"name":"\\x","coords":{"x":0,"y":0,"z":0}}'],
    ['no value', '{"id64":,"name":"A","coords":{"x":0,"y":0,"z":0}}'],
  ])('%s: counted, and the next line is read', (_, line) => {
    const staged = stageText(`[\n${line},\n${JSON.stringify(aSystem())}\n]\n`);
    expect(staged.systems).toMatchObject([{ name: 'Sol' }]);
    expect(problemCounts(staged)).toEqual({ 'invalid JSON': 1 });
    expect(staged.closed).toBe(true);
  });

  const text = JSON.stringify(aSystem());
  test.each([
    ['one line for all', `[${text},${text.replace('Sol', 'Lave').replace('1047', '2047')}]`],
    ['carriage returns', `[\r\n${text},\r\n${text.replace('Sol', 'Lave').replace('1047', '2047')}\r\n]\r\n`],
    [
      'blanks everywhere',
      `[ \n\t${text.replaceAll(':', ' : ').replaceAll(',', ' , ')} ,\n\n ${text.replace('Sol', 'Lave').replace('1047', '2047')} \n ] `,
    ],
  ])('%s', (_, dump) => {
    const staged = stageText(dump);
    expect(staged.systems.map(({ name }) => name)).toEqual(['Sol', 'Lave']);
    expect(staged.problems).toEqual({});
    expect(staged.closed).toBe(true);
  });

  test.each([
    ['[\n', false],
    [`[\n${text}`, false],
    [`[\n${text},\n`, false],
    [text.slice(0, -1), false],
    [`[\n${text}\n]`, true],
    [`${text}]\n\n`, true],
    [`${text}]\n${text}`, false],
    ['  \n', null],
  ])('%# closed only by the bracket', (dump, closed) => {
    expect(stageText(dump).closed).toBe(closed);
  });
});

test('a time ahead of the clock is the epoch, and counted', () => {
  const late = aSystem({ date: spanshTime(V13.notAfterS + 1) });
  const staged = stageText(dumpOf(late), V13);
  expect(staged.systems).toMatchObject([{ name: 'Sol', modifiedS: 0 }]);
  expect(problemCounts(staged)).toEqual({ 'time ahead of clock': 1 });
});

test('a stored time ahead of the clock is older than anything', () => {
  const known = knownFrom([
    stageText(dumpOf(aSystem({ date: spanshTime(NOW_S + 9_999) })), { ...V13, notAfterS: Infinity }),
  ]);
  expect(stageText(dumpOf(aSystem()), V13, known).systems).toMatchObject([{ modifiedS: NOW_S }]);
});
