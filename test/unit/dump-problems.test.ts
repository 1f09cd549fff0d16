import { expect, test } from 'vitest';
import { addBlocks, NO_BLOCKS } from '../../src/domain/spansh/block-counts.ts';
import { ProblemLog } from '../../src/domain/spansh/problems.ts';
import { Seen } from '../../src/domain/spansh/seen.ts';
import {
  aCommodity,
  aMarket,
  aStation,
  aSystem,
  bigId,
  dumpOf,
  NOW_S,
  spanshTime,
  stageText,
} from '../support/dump.ts';

const station = (fields: object) => dumpOf(aSystem({ stations: [aStation({ id: 7, ...fields })] }));
const market = (...commodities: readonly unknown[]) => station({ market: aMarket(commodities) });
const updateTime = spanshTime(NOW_S - 200);

test.each([
  ['no system id', dumpOf(aSystem({ id64: 'x' })), 'Sol: id64 "x"'],
  ['no system name', dumpOf(aSystem({ id64: 5, name: ' ' })), 'system 5: name  '],
  ['no coordinates', dumpOf(aSystem({ coords: { x: 1 } })), 'Sol: coords {"x":1}'],
  ['no station id', station({ id: 0 }), 'station 0 in Sol: id 0'],
  [
    'sentinel station id',
    station({ id: bigId('18446744073709551615') }),
    'station 18446744073709551615 in Sol: id 18446744073709551615',
  ],
  ['no station name', station({ name: '' }), 'station 7 in Sol: name '],
  [
    'distance out of range',
    station({ distanceToArrival: 3e9 }),
    'station 7 in Sol: distanceToArrival 3000000000',
  ],
  ['unreadable time', station({ updateTime: 'soon' }), 'station 7 in Sol: soon'],
  [
    'time ahead of clock',
    station({ updateTime: spanshTime(NOW_S + 301) }),
    'station 7 in Sol: 2026-11-20 12:05:01+00',
  ],
  [
    'unreadable list',
    station({ market: { commodities: 'none', updateTime } }),
    'station 7 in Sol: commodities none',
  ],
  ['unreadable list', station({ shipyard: { ships: 3, updateTime } }), 'station 7 in Sol: ships 3'],
  ['unreadable list', station({ outfitting: { updateTime } }), 'station 7 in Sol: modules absent'],
  [
    'unknown category',
    market(aCommodity({ category: 'Magic', commodityId: 1 })),
    'station 7 in Sol: Gold is Magic',
  ],
  ['no price', market(aCommodity({ sellPrice: null })), 'station 7 in Sol: Gold: sellPrice null'],
  ['number out of range', market(aCommodity({ demand: -1 })), 'station 7 in Sol: Gold: demand -1'],
  ['incomplete commodity', market({ name: 'Gold' }), 'station 7 in Sol: {"name":"Gold"}'],
  [
    'incomplete ship',
    station({ shipyard: { ships: [{ shipId: 1 }], updateTime } }),
    'station 7 in Sol: {"shipId":1}',
  ],
  [
    'incomplete module',
    station({ outfitting: { modules: [{ moduleId: 1 }], updateTime } }),
    'station 7 in Sol: {"moduleId":1}',
  ],
])('whoever reads of "%s" is told where, and what stood there', (problem, text, sample) => {
  expect(stageText(text).problems).toEqual({ [problem]: { count: 1, sample } });
});

test('problems add up, and the first of a kind is the sample', () => {
  const log = new ProblemLog();
  log.note('no price', () => 'a');
  log.note('no price', () => 'b');
  log.add({ 'no price': { count: 3, sample: 'c' }, 'invalid JSON': { count: 1, sample: 'd' } });
  expect(log.total).toBe(6);
  expect(log.counts()).toEqual({
    'no price': { count: 5, sample: 'a' },
    'invalid JSON': { count: 1, sample: 'd' },
  });
});

test('blocks add up', () => {
  const some = {
    tooOld: { markets: 1, shipyards: 2, outfitters: 3 },
    markets: { usable: 4, refused: 5, ahead: 6 },
  };
  expect(addBlocks(addBlocks(NO_BLOCKS, some), some)).toEqual({
    tooOld: { markets: 2, shipyards: 4, outfitters: 6 },
    markets: { usable: 8, refused: 10, ahead: 12 },
  });
});

test('what a dump names again and again is given out once, and again when it has changed', () => {
  const seen = new Seen<{ id: number; name: string }>();
  seen.offer({ id: 1, name: 'Adder' });
  seen.offer({ id: 2, name: 'Viper' });
  expect(seen.take()).toEqual([
    { id: 1, name: 'Adder' },
    { id: 2, name: 'Viper' },
  ]);
  seen.offer({ id: 1, name: 'Adder' });
  expect(seen.take()).toEqual([]);
  seen.offer({ id: 1, name: 'Adder Mk II' });
  seen.offer({ id: 1, name: 'Adder Mk III' });
  expect(seen.take()).toEqual([{ id: 1, name: 'Adder Mk III' }]);
  seen.offer({ id: 1, name: 'Adder Mk III' });
  expect(seen.take()).toEqual([]);
});
