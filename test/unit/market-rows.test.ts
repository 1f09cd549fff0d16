import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commodityKey, indexCommodities, type Commodity } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import { commodity, testCatalogue } from '../support/messages.ts';

const GOLD = 128049154;
const SILVER = 128049155;
const HYDROGEN_FUEL = 128049202;
const stager = new RowStager(indexCommodities(testCatalogue().commodities));

function stage(...commodities: unknown[]) {
  const refused: [string, string][] = [];
  const rows = stager.stage(commodities, (reason, name) => refused.push([reason, name]));
  return { rows: rows && table(rows), refused };
}

function table(rows: Int32Array): number[][] {
  return Array.from({ length: rows.length / ROW_WIDTH }, (_, i) => [
    ...rows.slice(i * ROW_WIDTH, (i + 1) * ROW_WIDTH),
  ]);
}

/** The row that `commodity()` makes of gold. */
const GOLD_ROW = [GOLD, 1100, 110, 3, 900, 90, 2, 1000];

describe('a row', () => {
  test('takes demand from the sell side and supply from the buy side', () => {
    expect(stage(commodity('gold'))).toEqual({ rows: [GOLD_ROW], refused: [] });
  });

  test.each([['gold'], ['Gold'], ['GOLD'], ['$gold_name;'], ['$Gold_Name;'], [' gold ']])(
    'is found for gold as %j',
    (name) => {
      expect(stage(commodity(name)).rows).toEqual([GOLD_ROW]);
    },
  );

  test.each([
    ['hydrogenfuel', HYDROGEN_FUEL],
    ['HydrogenFuel', HYDROGEN_FUEL],
    ['Hydrogen Fuel', HYDROGEN_FUEL],
    ['hydrogen fuel', HYDROGEN_FUEL],
    ['AgronomicTreatment', 128924334],
    ['Agronomic Treatment', 128924334],
    ['drones', 128066403],
    ['Limpets', 128066403],
    ['m_tissuesample_fluid', 128922517],
    ['Mollusc Fluid', 128922517],
    ['Atmospheric Processors', 128064028],
    ['HIP 10175 Bush Meat', 128667019],
  ])('is found for %j', (name, itemId) => {
    expect(stage(commodity(name)).rows?.[0]?.[0]).toBe(itemId);
  });

  test.each([
    ['$gold_name;', 'gold'],
    ['$gold', '$gold'],
    ['gold_name;', 'gold_name;'],
  ])('with the name %j has the key %j', (name, key) => {
    expect(commodityKey(name)).toBe(key);
  });

  test('lets a symbol win over a display name', () => {
    const commodities: Commodity[] = [
      { id: 1, symbol: 'Beer', name: 'Ale', category: 'Legal Drugs', rare: false },
      { id: 2, symbol: 'Stout', name: 'Beer', category: 'Legal Drugs', rare: false },
    ];
    const rows = new RowStager(indexCommodities(commodities)).stage([commodity('beer')], () => undefined);
    expect(rows?.[0]).toBe(1);
  });

  test.each([[''], [' '], [null], [undefined]])('has level -1 for bracket %j', (bracket) => {
    expect(stage(commodity('gold', { demandBracket: bracket })).rows).toEqual([
      [GOLD, 1100, 110, -1, 900, 90, 2, 1000],
    ]);
  });

  test('reads numeric text', () => {
    const text = {
      meanPrice: '1000',
      buyPrice: '900',
      stock: '90',
      stockBracket: '2',
      sellPrice: '1100',
      demand: '110',
      demandBracket: '3',
    };
    expect(stage(commodity('gold', text)).rows).toEqual([GOLD_ROW]);
  });

  test.each(['1100', ' 1100 ', '+1100', '1100.0', '1100.00', '01100'])(
    'reads the number in %j',
    (sellPrice) => {
      expect(stage(commodity('gold', { sellPrice })).rows).toEqual([GOLD_ROW]);
    },
  );

  test('keeps demand and prices of real size', () => {
    const [row] = stage(commodity('gold', { demand: 1_936_721_850, sellPrice: 36_207_500 })).rows ?? [];
    expect(row?.slice(1, 3)).toEqual([36_207_500, 1_936_721_850]);
  });

  test.each([[undefined], [null], [''], ['n/a'], [-1], [0.5], [2_147_483_648]])(
    'has no mean price when it is %j',
    (meanPrice) => {
      expect(stage(commodity('gold', { meanPrice })).rows?.[0]?.[7]).toBe(0);
    },
  );

  test('passes over fields it does not know', () => {
    expect(stage(commodity('gold', { statusFlags: ['Consumer'] })).rows).toEqual([GOLD_ROW]);
  });
});

describe('an entry that is no row', () => {
  test.each([
    ['both prices are 0', { buyPrice: 0, sellPrice: 0 }],
    ['both prices are absent', { buyPrice: undefined, sellPrice: undefined }],
    ['both brackets are 0', { stockBracket: 0, demandBracket: 0 }],
    ['both brackets are blank', { stockBracket: '', demandBracket: '' }],
    ['both brackets are absent', { stockBracket: undefined, demandBracket: undefined }],
    ['one bracket is 0, the other blank', { stockBracket: 0, demandBracket: '' }],
  ])('is passed over in silence: %s', (_, overrides) => {
    expect(stage(commodity('gold', overrides), commodity('silver')).rows?.map(([id]) => id)).toEqual([
      SILVER,
    ]);
  });

  test('leaves an empty list when there is nothing else', () => {
    expect(stage(commodity('gold', { buyPrice: 0, sellPrice: 0 }))).toEqual({ rows: [], refused: [] });
  });

  test('is none even under an unknown name', () => {
    expect(stage(commodity('unobtainium', { stockBracket: 0, demandBracket: 0 }))).toEqual({
      rows: [],
      refused: [],
    });
  });
});

test('more units than a column holds are as many as it holds', () => {
  const rows = stage(commodity('gold', { demand: 2_147_483_648, stock: 1e300 })).rows;
  expect([rows?.[0]?.[ROW.demandUnits], rows?.[0]?.[ROW.supplyUnits]]).toEqual([
    2_147_483_647, 2_147_483_647,
  ]);
});

describe('a refused row', () => {
  test.each([
    ['number out of range', { sellPrice: -1 }],
    ['number out of range', { buyPrice: 1.5 }],
    ['number out of range', { sellPrice: 2_147_483_648 }],
    ['number out of range', { demand: -1 }],
    ['number out of range', { demand: Infinity }],
    ['number out of range', { stock: 'many' }],
    ['number out of range', { stock: true }],
    ['number out of range', { buyPrice: '0x10' }],
    ['number out of range', { sellPrice: '1e3' }],
    ['number out of range', { demand: '0b11' }],
    ['bracket out of range', { stockBracket: '0x2' }],
    ['bracket out of range', { stockBracket: 4 }],
    ['bracket out of range', { demandBracket: -1 }],
    ['bracket out of range', { demandBracket: 'high' }],
  ])('is counted as %s: %j', (reason, overrides) => {
    expect(stage(commodity('gold', overrides), commodity('silver'))).toEqual({
      rows: [[SILVER, ...GOLD_ROW.slice(1)]],
      refused: [[reason, 'gold']],
    });
  });

  test('is named when no catalogue knows it', () => {
    expect(stage(commodity('Unobtainium'), commodity('gold'))).toEqual({
      rows: [GOLD_ROW],
      refused: [['unknown commodity', 'Unobtainium']],
    });
  });

  test.each([[null], ['gold'], [7], [commodity('x', { name: 7 })], [commodity('x', { name: undefined })]])(
    'is counted as malformed: %j',
    (entry) => {
      expect(stage(entry, commodity('gold'))).toEqual({ rows: [GOLD_ROW], refused: [['malformed row', '']] });
    },
  );

  test('never clears a market: an unknown commodity', () => {
    expect(stage(commodity('unobtainium'), commodity('gold', { buyPrice: 0, sellPrice: 0 })).rows).toBeNull();
  });

  test('never clears a market: a number out of range', () => {
    expect(stage(commodity('gold', { sellPrice: -1 })).rows).toBeNull();
  });
});

describe('several rows', () => {
  test('come in ascending item id', () => {
    const rows = stage(commodity('wine'), commodity('silver'), commodity('drones'), commodity('gold')).rows;
    expect(rows?.map(([id]) => id)).toEqual([GOLD, SILVER, 128049215, 128066403]);
  });

  test('leave nothing behind for the next list', () => {
    stage(commodity('wine'), commodity('silver'));
    expect(stage(commodity('gold')).rows).toEqual([GOLD_ROW]);
  });

  test.each([
    ['a bracket beats units and prices', { stockBracket: 0 }, { stock: 0, buyPrice: 0 }],
    ['units beat a price', { demand: 0 }, { sellPrice: 0 }],
    ['a price decides the rest', { sellPrice: 0 }, {}],
    ['at equal filling more units win', { demand: 10 }, { demand: 11 }],
    ['units of both sides count', { demand: 10, stock: 10 }, { demand: 9, stock: 12 }],
  ])('of one commodity: %s', (_, worse, better) => {
    const expected = stage(commodity('gold', better)).rows;
    const [a, b] = [commodity('gold', worse), commodity('Gold', better)];
    expect([stage(a, b).rows, stage(b, a).rows]).toEqual([expected, expected]);
  });

  test('of one commodity and equal worth: the first stays', () => {
    const rows = stage(commodity('gold', { sellPrice: 5 }), commodity('gold', { sellPrice: 6 })).rows;
    expect(rows?.[0]?.[1]).toBe(5);
  });

  test('are the same in whatever order they arrive', () => {
    const names = testCatalogue().commodities.map(({ symbol }) => symbol.toLowerCase());
    const count = fc.constantFrom(0, 1, 5, 2_147_483_647, -3, 0.5);
    const bracket = fc.constantFrom<unknown>(0, 1, 2, 3, '', 9, undefined);
    const entry = fc.record({
      name: fc.constantFrom(...names, 'unobtainium'),
      buyPrice: count,
      sellPrice: count,
      stock: count,
      stockBracket: bracket,
      demandBracket: bracket,
    });
    const list = fc.uniqueArray(entry, { selector: ({ name }) => name });
    const shuffled = list.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([a, b]) => {
        expect(stage(...a).rows).toEqual(stage(...b).rows);
      }),
    );
  });
});
