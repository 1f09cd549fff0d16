import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../support/random.ts';
import {
  aCommodity,
  aMarket,
  aStation,
  aSystem,
  dumpOf,
  GOLD,
  marketRows,
  NOW_S,
  spanshTime,
  stageOne,
  stageText,
} from '../support/dump.ts';

const WHOLE = dumpOf(
  aSystem({
    bodies: [{ name: 'Sol 3', stations: [aStation({ id: 2, market: aMarket([aCommodity()]) })] }],
    stations: [
      aStation({
        shipyard: { ships: [{ name: 'Eagle', shipId: 5 }], updateTime: spanshTime(NOW_S) },
        outfitting: {
          modules: [{ moduleId: 7, name: 'Shield', class: 1, rating: 'A' }],
          updateTime: spanshTime(NOW_S),
        },
      }),
    ],
  }),
);

describe('nothing makes staging throw', () => {
  test('not bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void stageText(bytes)));
  });

  test('not what looks like JSON', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '\n',
      ' ',
      '"stations"',
      '"bodies"',
      '"id"',
      '"market"',
      '1',
    );
    fc.assert(fc.property(fc.array(token, { maxLength: 60 }), (tokens) => void stageText(tokens.join(''))));
  });

  test('not a dump that was cut, and cut dumps are not closed', () => {
    const inside = fc.integer({ min: 1, max: WHOLE.trimEnd().length - 1 });
    fc.assert(
      fc.property(inside, (length) => {
        expect(stageText(WHOLE.slice(0, length)).closed).toBe(false);
      }),
    );
  });

  test('not a dump with some characters changed', () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: WHOLE.length - 1 }),
      fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\\', '\n', '0', '-'),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = WHOLE.split('');
        for (const [at, character] of changes) text[at] = character;
        stageText(text.join(''));
      }),
      { numRuns: 500 },
    );
  });

  test('no value anywhere', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(aSystem()), 'id64'), fc.jsonValue()),
        (fields) => {
          const staged = stageText(dumpOf(aSystem(fields)));
          expect(staged.problems).not.toHaveProperty('invalid JSON');
        },
      ),
    );
    const keys = fc.constantFrom(
      'id',
      'name',
      'updateTime',
      'market',
      'shipyard',
      'outfitting',
      'services',
      'landingPads',
      'type',
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (fields) => {
        expect(stageOne(aStation(fields)).problems).not.toHaveProperty('invalid JSON');
      }),
    );
  });
});

/** Fields nobody knows, made to look like ones that are read. */
const NOISE = [
  '"note":"say \\"stations\\": [{ \\\\"',
  '"kind":"market"',
  '"deep":{"id":1,"stations":[{}],"market":"}"}',
];

/** The same value with its keys in any order, blanks anywhere, and noise in every object. */
function spelled(value: unknown, random: SeededRandom): string {
  const blank = () => random.pick(['', '', ' ', '\t', '  ']);
  const list = (open: string, parts: readonly string[], close: string) =>
    open + blank() + parts.join(`${blank()},${blank()}`) + blank() + close;
  if (Array.isArray(value))
    return list(
      '[',
      value.map((entry) => spelled(entry, random)),
      ']',
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, inner]) => `"${key}"${blank()}:${blank()}${spelled(inner, random)}`,
  );
  const ranked = [...members, ...NOISE].map((member) => ({ member, rank: random.next() }));
  return list(
    '{',
    ranked.sort((a, b) => a.rank - b.rank).map(({ member }) => member),
    '}',
  );
}

test('order of keys, blanks and fields nobody knows change nothing', () => {
  const expected = stageText(WHOLE);
  const [system] = JSON.parse(WHOLE) as [unknown];
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const text = spelled(system, new SeededRandom(seed));
      expect(() => void JSON.parse(text)).not.toThrow();
      expect(stageText(`[\n${text}\n]`)).toEqual(expected);
    }),
  );
});

test('names come through whatever they are made of but what no table can hold', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() !== '' && text.length <= 128 && !/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/u.test(text));
  fc.assert(
    fc.property(name, name, (system, station) => {
      const staged = stageText(dumpOf(aSystem({ name: system, stations: [aStation({ name: station })] })));
      expect(staged.systems[0]?.name).toBe(system);
      expect(staged.stations[0]?.row?.name).toBe(station);
    }),
    { numRuns: 300 },
  );
});

test('the last usable entry of each commodity is its row', () => {
  const price = fc.oneof(fc.constantFrom(0, 0, null, -1), fc.integer({ min: 1, max: 5 }));
  const entry = fc.record({ item: fc.integer({ min: 0, max: 3 }), sellPrice: price, buyPrice: price });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
      const last = new Map<number, number[]>();
      for (const { item, sellPrice, buyPrice } of entries) {
        if (sellPrice === null || buyPrice === null || sellPrice < 0 || buyPrice < 0) continue;
        last.set(GOLD + item, [GOLD + item, sellPrice, 20, buyPrice, 0]);
      }
      const expected = [...last.values()]
        .filter(([, sell, , buy]) => sell !== 0 || buy !== 0)
        .sort((a, b) => a[0]! - b[0]!);
      const commodities = entries.map(({ item, ...prices }) =>
        aCommodity({ commodityId: GOLD + item, ...prices }),
      );
      const { station } = stageOne(aStation({ market: aMarket(commodities) }));
      expect(marketRows(station?.market?.rows)).toEqual(expected);
    }),
  );
});
