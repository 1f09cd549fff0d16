import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Best } from '../../src/domain/galaxy/best.ts';
import { distanceLy, Galaxy } from '../../src/domain/galaxy/galaxy.ts';
import { Quotes } from '../../src/domain/galaxy/quotes.ts';
import { countAges, findMarkets } from '../../src/domain/galaxy/search.ts';
import { stationKinds } from '../../src/domain/galaxy/stations/station-types.ts';
import { facts, galaxyOf, SOL } from '../support/small-galaxy.ts';

const KINDS = stationKinds('v13');
const PAGE = { limit: 100, after: null };
const NONE = { neverSeen: 'included', sort: 'oldest' } as const;

describe('the best of many', () => {
  const entry = fc.record({ key: fc.integer({ min: 0, max: 9 }), id: fc.nat(1_000) });

  test('page after page has all of them in order, none twice', () => {
    const entries = fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 7 }), (offered, limit) => {
        const pages: number[][] = [];
        for (let after: Best['next'] = null; ;) {
          const best: Best = new Best(limit, after);
          for (const { key, id } of offered) best.offer(key, id, id * 10);
          expect(best.total).toBe(offered.length);
          expect(best.values.length).toBeLessThanOrEqual(limit);
          pages.push([...best.values]);
          after = best.next;
          if (after === null) break;
        }
        const sorted = [...offered].sort((a, b) => a.key - b.key || a.id - b.id);
        expect(pages.flat()).toEqual(sorted.map(({ id }) => id * 10));
        expect(pages).toHaveLength(Math.max(1, Math.ceil(offered.length / limit)));
      }),
    );
  });
});

describe('what is known of stations', () => {
  test('is told as it was said; what is unknown is null', () => {
    const galaxy = galaxyOf(
      facts({ id: 10, lsFromStar: 0, marketAtS: 500, priceRatio: 0.9 }),
      facts({ id: 11, marketAtS: 0 }),
      facts({ id: 12 }),
    );
    const [known, unseen, without] = [10, 11, 12].map((id) => galaxy.stationIndex(id)!) as [
      number,
      number,
      number,
    ];
    expect([known, unseen, without].map((at) => galaxy.lsFromStar(at))).toEqual([0, null, null]);
    expect([known, unseen, without].map((at) => galaxy.marketAtS(at))).toEqual([500, null, null]);
    expect([known, unseen, without].map((at) => galaxy.priceRatio(at))).toEqual([0.9, null, null]);
    expect([known, unseen, without].map((at) => galaxy.marketIndex(at))).toEqual([0, 1, null]);
    expect([galaxy.stationIndex(13), galaxy.systemIndex(9n), galaxy.systemIndex(2n)]).toEqual([
      null,
      null,
      2,
    ]);
  });

  test('is replaced by what is said later, and a market that is gone is found no more', () => {
    const galaxy = galaxyOf(
      facts({ id: 10, marketAtS: 500, priceRatio: 0.9 }),
      facts({ id: 11, marketAtS: 7 }),
    );
    galaxy.setStation(facts({ id: 10, systemId: 2n }));
    expect([galaxy.stationCount, galaxy.marketCount]).toEqual([2, 2]);
    expect([galaxy.marketAtS(0), galaxy.priceRatio(0)]).toEqual([null, null]);
    expect(findMarkets(galaxy, KINDS, NONE, PAGE).indexes).toEqual([1]);
    expect(countAges(galaxy, KINDS, {}, []).seen).toEqual([1]);
    galaxy.setStation(facts({ id: 10, systemId: 2n, marketAtS: 900 }));
    expect([galaxy.marketCount, galaxy.marketAtS(0)]).toEqual([2, 900]);
  });

  test('a station in a system that nobody knows is none', () => {
    expect(new Galaxy().setStation(facts({ id: 10 }))).toBe(false);
  });

  test('a system that is told again is where it is told to be', () => {
    const galaxy = galaxyOf();
    galaxy.setSystem(2n, { x: 0, y: 0, z: -6 });
    expect(galaxy.systemCount).toBe(3);
    expect(galaxy.distance(2, { x: 2, y: 3, z: 0 })).toBe(7);
    expect(distanceLy({ x: 1, y: 1, z: 1 }, { x: 3, y: 4, z: 7 })).toBe(7);
  });

  test('takes the memory that it says', () => {
    const galaxy = new Galaxy();
    expect(galaxy.bytes).toBe(0);
    galaxy.setSystem(1n, SOL);
    expect(galaxy.bytes).toBe(2 * 4 * 8);
    galaxy.setStation(facts({ id: 10, marketAtS: 1 }));
    expect(galaxy.bytes).toBe(2 * (4 * 8 + 8 + 3 * 4 + 4 + 2 * 4 + 8));
  });
});

test('what markets say of a good is told as it was said, until they trade it no more', () => {
  const quotes = new Quotes();
  const said = {
    supplyPrice: 1,
    supplyUnits: 2,
    supplyLevel: 3,
    demandPrice: 4,
    demandUnits: 5,
    demandLevel: -1,
  };
  const none = {
    supplyPrice: 0,
    supplyUnits: 0,
    supplyLevel: 0,
    demandPrice: 0,
    demandUnits: 0,
    demandLevel: 0,
  };
  quotes.set(7, null);
  expect(quotes.supply.bytes).toBe(0);
  quotes.set(3, said);
  expect([quotes.at(2), quotes.at(3), quotes.at(9)]).toEqual([none, said, none]);
  expect(quotes.supply.bytes).toBe(6 * (4 + 4 + 1));
  quotes.set(3, null);
  expect(quotes.at(3)).toEqual(none);
});
