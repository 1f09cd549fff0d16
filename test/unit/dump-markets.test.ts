import { describe, expect, test } from 'vitest';
import { MAX_INT32, ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import {
  aCommodity,
  aMarket,
  aStation,
  GOLD,
  marketRows,
  NOW_S,
  problemCounts,
  RULES,
  spanshTime,
  stageOne,
  stageText,
  V13,
  aSystem,
  dumpOf,
} from '../support/dump.ts';

const SILVER = GOLD + 1;
const silver = (fields = {}) =>
  aCommodity({ name: 'Silver', symbol: 'Silver', commodityId: SILVER, ...fields });

function stageMarketOf(commodities: readonly unknown[], atS = NOW_S - 200) {
  return stageOne(aStation({ market: aMarket(commodities, atS) }));
}

test('a commodity becomes a row', () => {
  const { station } = stageMarketOf([
    aCommodity({ sellPrice: 9_400, demand: 20, buyPrice: 9_500, supply: 7 }),
  ]);
  const { observedAtS, rows } = station!.market!;
  expect(observedAtS).toBe(NOW_S - 200);
  expect(rows).toHaveLength(ROW_WIDTH);
  expect(rows[ROW.itemId]).toBe(GOLD);
  expect(rows[ROW.demandPrice]).toBe(9_400);
  expect(rows[ROW.demandUnits]).toBe(20);
  expect(rows[ROW.demandLevel]).toBe(-1);
  expect(rows[ROW.supplyPrice]).toBe(9_500);
  expect(rows[ROW.supplyUnits]).toBe(7);
  expect(rows[ROW.supplyLevel]).toBe(-1);
  expect(rows[ROW.meanPrice]).toBe(0);
});

test('rows ascend by item', () => {
  const { station } = stageMarketOf([silver(), aCommodity()]);
  expect(marketRows(station?.market?.rows).map(([item]) => item)).toEqual([GOLD, SILVER]);
});

test('of two entries of a commodity the last one counts', () => {
  const { station } = stageMarketOf([aCommodity({ sellPrice: 1 }), silver(), aCommodity({ sellPrice: 2 })]);
  expect(marketRows(station?.market?.rows)).toEqual([
    [GOLD, 2, 20, 0, 0],
    [SILVER, 9_400, 20, 0, 0],
  ]);
});

test('no price on either side is no row, whatever the quantities', () => {
  const { station } = stageMarketOf([silver(), aCommodity({ sellPrice: 0, demand: 9, supply: 9 })]);
  expect(marketRows(station?.market?.rows).map(([item]) => item)).toEqual([SILVER]);
});

test('one price suffices, without quantities', () => {
  const { station } = stageMarketOf([
    aCommodity({ demand: 0, sellPrice: 5 }),
    silver({ sellPrice: 0, buyPrice: 5 }),
  ]);
  expect(marketRows(station?.market?.rows)).toEqual([
    [GOLD, 5, 0, 0, 0],
    [SILVER, 0, 20, 5, 0],
  ]);
});

test.each([[[]], [[aCommodity({ sellPrice: 0 })]], [[aCommodity({ sellPrice: null })]]])(
  'a list without a row says nothing: %#',
  (commodities) => {
    expect(stageMarketOf(commodities).station?.market).toBeNull();
  },
);

test.each([[null], [{}], ['Gold']])('commodities %j are counted', (commodities) => {
  const staged = stageOne(aStation({ market: { commodities, updateTime: spanshTime(NOW_S) } }));
  expect(staged.station?.market).toBeNull();
  expect(problemCounts(staged)).toEqual({ 'unreadable list': 1 });
});

describe('a bad row is skipped and counted', () => {
  test.each([
    ['incomplete commodity', null],
    ['incomplete commodity', 'Gold'],
    ['incomplete commodity', aCommodity({ commodityId: undefined })],
    ['incomplete commodity', aCommodity({ commodityId: null })],
    ['incomplete commodity', aCommodity({ commodityId: 0 })],
    ['incomplete commodity', aCommodity({ commodityId: 1.5 })],
    ['incomplete commodity', aCommodity({ commodityId: `${GOLD}` })],
    ['incomplete commodity', aCommodity({ commodityId: MAX_INT32 + 1 })],
    ['incomplete commodity', aCommodity({ name: '' })],
    ['incomplete commodity', aCommodity({ name: null })],
    ['incomplete commodity', aCommodity({ category: undefined })],
    ['unknown category', aCommodity({ category: 'Oddities' })],
    ['no price', aCommodity({ sellPrice: null })],
    ['no price', aCommodity({ buyPrice: undefined })],
    ['no price', aCommodity({ demand: null })],
    ['no price', aCommodity({ supply: undefined })],
    ['number out of range', aCommodity({ sellPrice: MAX_INT32 + 1 })],
    ['number out of range', aCommodity({ buyPrice: -1 })],
    ['number out of range', aCommodity({ supply: -1 })],
    ['number out of range', aCommodity({ demand: 1.5 })],
    ['number out of range', aCommodity({ supply: '5' })],
  ])('%s: %j', (problem, entry) => {
    const staged = stageMarketOf([entry, silver()]);
    expect(marketRows(staged.station?.market?.rows).map(([item]) => item)).toEqual([SILVER]);
    expect(problemCounts(staged)).toEqual({ [problem]: 1 });
  });
});

test('the largest numbers fit', () => {
  const { station } = stageMarketOf([aCommodity({ sellPrice: MAX_INT32, demand: 1_936_721_850 })]);
  expect(marketRows(station?.market?.rows)).toEqual([[GOLD, MAX_INT32, 1_936_721_850, 0, 0]]);
});

test('more units than a column holds are as many as it holds', () => {
  const { station } = stageMarketOf([aCommodity({ demand: MAX_INT32 + 1, supply: 1e300 })]);
  expect(marketRows(station?.market?.rows)).toEqual([[GOLD, 9_400, MAX_INT32, 0, MAX_INT32]]);
});

test('a sample says where it was', () => {
  const { problems } = stageMarketOf([aCommodity({ sellPrice: null })]);
  expect(problems['no price']?.sample).toBe('station 128016640 in Sol: Gold: sellPrice null');
});

test('an item that is known keeps its category, whatever the dump calls that', () => {
  const rules = { ...RULES, itemCategories: new Map([[GOLD, 'Metals']]) };
  const station = aStation({ market: aMarket([aCommodity({ category: 'Precious Metals' })]) });
  const staged = stageOne(station, rules);
  expect(marketRows(staged.station?.market?.rows)).toEqual([[GOLD, 9_400, 20, 0, 0]]);
  expect(staged.items).toMatchObject([{ id: GOLD, category: 'Metals' }]);
  expect(staged.problems).toEqual({});
});

describe('items', () => {
  test('are seen with the category as the table spells it, and the symbol', () => {
    expect(stageMarketOf([aCommodity({ category: ' METALS ' })]).items).toEqual([
      { id: GOLD, name: 'Gold', category: 'Metals', symbol: 'Gold' },
    ]);
  });

  test('without a symbol', () => {
    expect(stageMarketOf([aCommodity({ symbol: undefined })]).items).toMatchObject([{ symbol: null }]);
  });

  test('are seen though nobody trades them', () => {
    expect(stageMarketOf([aCommodity({ sellPrice: 0 })]).items).toHaveLength(1);
  });

  test('are told once, with the name that came last', () => {
    const { items } = stageMarketOf([
      aCommodity(),
      aCommodity({ name: 'Fine Gold' }),
      aCommodity({ name: 'Fine Gold' }),
    ]);
    expect(items.map(({ name }) => name)).toEqual(['Fine Gold']);
  });
});

const ship = (shipId: unknown, name: unknown = `Ship ${String(shipId)}`) => ({ name, symbol: 'X', shipId });
const aModule = (fields = {}) => ({
  name: 'Shield',
  symbol: 'S',
  moduleId: 128_064_001,
  class: 3,
  rating: 'A',
  category: 'internal',
  ...fields,
});
const updateTime = spanshTime(NOW_S - 300);

test('a shipyard sells ships', () => {
  const staged = stageOne(aStation({ shipyard: { ships: [ship(9), ship(5), ship(9)], updateTime } }));
  expect(staged.station?.shipyard).toEqual({ observedAtS: NOW_S - 300, ids: Int32Array.of(5, 9) });
  expect(staged.ships).toEqual([
    { id: 9, name: 'Ship 9' },
    { id: 5, name: 'Ship 5' },
  ]);
});

test('outfitting sells modules in v12', () => {
  const modules = [aModule(), aModule({ moduleId: 7, ship: 'Cobra MkIII' })];
  const staged = stageOne(aStation({ outfitting: { modules, updateTime } }));
  expect(staged.station?.outfitting).toEqual({
    observedAtS: NOW_S - 300,
    ids: Int32Array.of(7, 128_064_001),
  });
  expect(staged.upgrades).toEqual([
    { id: 128_064_001, name: 'Shield', class: 3, rating: 'A', ship: null },
    { id: 7, name: 'Shield', class: 3, rating: 'A', ship: 'Cobra MkIII' },
  ]);
});

test('v13 has no table for modules', () => {
  const staged = stageOne(aStation({ outfitting: { modules: [aModule()], updateTime } }), V13);
  expect(staged.station).toMatchObject({ outfitting: null, row: { outfitting: 'Y' } });
  expect(staged.upgrades).toEqual([]);
});

test.each([
  ['incomplete ship', 'shipyard', { ships: [ship(null), ship(5)] }],
  ['incomplete ship', 'shipyard', { ships: [ship(3, ' '), ship(5)] }],
  ['incomplete ship', 'shipyard', { ships: ['x', ship(5)] }],
  ['incomplete module', 'outfitting', { modules: [aModule({ moduleId: 1.5 }), aModule({ moduleId: 5 })] }],
  ['incomplete module', 'outfitting', { modules: [aModule({ name: null }), aModule({ moduleId: 5 })] }],
  ['incomplete module', 'outfitting', { modules: [aModule({ class: null }), aModule({ moduleId: 5 })] }],
  ['incomplete module', 'outfitting', { modules: [aModule({ rating: '' }), aModule({ moduleId: 5 })] }],
  [
    'incomplete module',
    'outfitting',
    { modules: [aModule({ rating: undefined }), aModule({ moduleId: 5 })] },
  ],
] as const)('%s in %s is skipped and counted: %j', (problem, block, list) => {
  const staged = stageOne(aStation({ [block]: { ...list, updateTime } }));
  expect(staged.station?.[block]?.ids).toEqual(Int32Array.of(5));
  expect(problemCounts(staged)).toEqual({ [problem]: 1 });
});

describe.each([
  ['market', aMarket([aCommodity()])],
  ['shipyard', { ships: [ship(5)] }],
  ['outfitting', { modules: [aModule()] }],
] as const)('a %s block', (block, content) => {
  const at = (time: unknown) => stageOne(aStation({ [block]: { ...content, updateTime: time } }));

  test('counts from the limit on', () => {
    expect(at(spanshTime(RULES.blocksNotBeforeS)).station?.[block]).not.toBeNull();
  });

  test('that is too old is dropped, the station kept', () => {
    const staged = at(spanshTime(RULES.blocksNotBeforeS - 1));
    expect(staged.station).toMatchObject({ [block]: null, row: { [block]: 'Y' } });
    expect(staged.problems).toEqual({});
  });

  test.each([[undefined], [null]])('observed at %j is dropped', (time) => {
    const staged = at(time);
    expect(staged.station).toMatchObject({ [block]: null, row: { [block]: 'Y' } });
    expect(staged.problems).toEqual({});
  });

  test('without a readable time is dropped and counted', () => {
    const staged = at('soon');
    expect(staged.station?.[block]).toBeNull();
    expect(problemCounts(staged)).toEqual({ 'unreadable time': 1 });
  });

  test('may be a little ahead of the clock', () => {
    expect(at(spanshTime(RULES.notAfterS)).station?.[block]).not.toBeNull();
  });

  test('from the future is dropped and counted', () => {
    const staged = at(spanshTime(RULES.notAfterS + 1));
    expect(staged.station?.[block]).toBeNull();
    expect(problemCounts(staged)).toEqual({ 'time ahead of clock': 1 });
  });
});

test('of a station that is there twice each part is the newest', () => {
  const twice = [
    aStation({ updateTime: spanshTime(NOW_S - 9), market: aMarket([aCommodity()], NOW_S - 30) }),
    aStation({
      name: 'Older',
      updateTime: spanshTime(NOW_S - 99),
      market: aMarket([silver()], NOW_S - 20),
      shipyard: { ships: [ship(5)], updateTime },
    }),
  ];
  const { stations } = stageText(dumpOf(aSystem({ stations: twice })));
  expect(stations).toMatchObject([
    { row: { name: 'Galileo' }, market: { observedAtS: NOW_S - 20 }, shipyard: { observedAtS: NOW_S - 300 } },
  ]);
});

test('broken text in a station costs that station only', () => {
  const dump = dumpOf(
    aSystem({ stations: [aStation({ market: aMarket([aCommodity()]) }), aStation({ id: 2 })] }),
  );
  const staged = stageText(dump.replace('"demand":20', '"demand":2O'));
  expect(staged.stations.map(({ id }) => id)).toEqual([2n]);
  expect(problemCounts(staged)).toEqual({ 'invalid JSON': 1 });
});
