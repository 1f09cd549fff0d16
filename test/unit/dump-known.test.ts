import { describe, expect, test } from 'vitest';
import { findId } from '../../src/domain/spansh/known.ts';
import {
  aCommodity,
  aMarket,
  aStation,
  aSystem,
  bigId,
  dumpOf,
  knownFrom,
  NOW_S,
  RULES,
  spanshTime,
  stageText,
} from '../support/dump.ts';

const at = (secondsLater = 0) => spanshTime(NOW_S - 1000 + secondsLater);

const PARTS = {
  updateTime: at(),
  market: { ...aMarket([aCommodity()]), updateTime: at() },
  shipyard: { ships: [{ name: 'Eagle', shipId: 5 }], updateTime: at() },
  outfitting: { modules: [{ moduleId: 7, name: 'Shield', class: 1, rating: 'A' }], updateTime: at() },
};

const dump = (station = {}, system = {}) =>
  dumpOf(aSystem({ updateTime: at(), stations: [aStation({ ...PARTS, ...station })], ...system }));

const known = knownFrom([stageText(dump())]);
const again = (text: string) => stageText(text, RULES, known);

test('an unchanged dump says nothing new', () => {
  const staged = again(dump());
  expect(staged.systems).toEqual([]);
  expect(staged.stations).toEqual([]);
  expect(staged.systemsRead).toBe(1);
  expect(staged.stationsRead).toBe(1);
});

test('an older dump says nothing new', () => {
  const older = { updateTime: at(-1) };
  const blocks = { market: { ...PARTS.market, ...older }, shipyard: { ...PARTS.shipyard, ...older } };
  const staged = again(dump({ ...older, ...blocks }, older));
  expect(staged.systems).toEqual([]);
  expect(staged.stations).toEqual([]);
});

test('what is known is not parsed', () => {
  const staged = again(dump().replace('"demand":20', '"demand":2O'));
  expect(staged.problems).toEqual({});
  expect(staged.stations).toEqual([]);
});

test('a newer station row comes without its blocks', () => {
  expect(again(dump({ name: 'Renamed', updateTime: at(1) })).stations).toMatchObject([
    { row: { name: 'Renamed' }, market: null, shipyard: null, outfitting: null },
  ]);
});

describe.each(['market', 'shipyard', 'outfitting'] as const)('a newer %s', (block) => {
  test('comes without the row and the other blocks', () => {
    const [station] = again(dump({ [block]: { ...PARTS[block], updateTime: at(1) } })).stations;
    expect(station).toEqual({
      id: 128_016_640n,
      ...{ row: null, market: null, shipyard: null, outfitting: null },
      [block]: expect.objectContaining({ observedAtS: NOW_S - 999 }) as unknown,
    });
  });
});

test('a station that is not known comes whole', () => {
  expect(again(dump({ id: 77 })).stations).toMatchObject([{ id: 77n, row: { name: 'Galileo' } }]);
});

test('a market comes when the station is known without one', () => {
  const bare = knownFrom([stageText(dump({ market: undefined }))]);
  expect(stageText(dump(), RULES, bare).stations).toMatchObject([
    { row: null, market: { observedAtS: NOW_S - 1000 } },
  ]);
});

test.each([
  ['newer', { updateTime: at(1) }],
  ['renamed at the same time', { name: 'Terra' }],
  ['moved at the same time', { coords: { x: 0, y: 0, z: 0.03125 } }],
  ['not known', { id64: 5 }],
])('a system that is %s comes', (_, fields) => {
  expect(again(dump({}, fields)).systems).toHaveLength(1);
});

test('a system that is older and had another name does not come', () => {
  expect(again(dump({}, { name: 'Terra', updateTime: at(-1) })).systems).toEqual([]);
});

test('coordinates are compared as a FLOAT column holds them', () => {
  const exact = aSystem({ coords: { x: 0.1, y: 0, z: 0 } });
  const stored = aSystem({ coords: { x: Math.fround(0.1), y: 0, z: 0 } });
  expect(stageText(dumpOf(exact), RULES, knownFrom([stageText(dumpOf(stored))])).systems).toEqual([]);
});

test('ids that differ only beyond 2^53 are not confused', () => {
  const [one, other] = ['1152921504606846977', '1152921504606846978'].map((id) =>
    dumpOf(aSystem({ id64: bigId(id) })),
  );
  expect(stageText(other!, RULES, knownFrom([stageText(one!)])).systems).toHaveLength(1);
});

test('an id is found wherever it stands', () => {
  const ids = BigInt64Array.of(1n, 5n, 9n, 2n ** 60n);
  expect([...ids].map((id) => findId(ids, id))).toEqual([0, 1, 2, 3]);
  expect([0n, 2n, 10n, 2n ** 61n].map((id) => findId(ids, id))).toEqual([-1, -1, -1, -1]);
  expect(findId(new BigInt64Array(), 5n)).toBe(-1);
});
