import { describe, expect, test } from 'vitest';
import type { PatrolLook, PatrolMarket, PatrolOrder } from '../../src/domain/tours/patrols/patrol.ts';
import {
  commandersNeeded,
  isSameOrder,
  isShort,
  isThrough,
  lookOf,
  tourBudgetS,
  tourMarkets,
} from '../../src/domain/tours/patrols/patrol.ts';
import { age, describePatrol } from '../../src/domain/tours/patrols/describe-patrol.ts';
import {
  isDone,
  keepOrder,
  keptLooks,
  keptOrders,
  LOOKS,
  removeOrder,
} from '../../src/domain/tours/patrols/patrol-orders.ts';
import { patrolProgress } from '../../src/domain/tours/progress.ts';
import { scoutTour, tourMarket } from '../support/scout-tour.ts';
import { patrolOrder, TourWorld } from '../support/tour-world.ts';

const NOON_S = 1_795_867_200;
const HOUR_S = 3_600;
/** Nothing is to be older than twelve hours: thirds are four. */
const HOME = patrolOrder('home', 12 * HOUR_S, 'Jameson');
const ONCE: PatrolOrder = { ...HOME, isOnce: true };
const NONE: ReadonlySet<number> = new Set();

/** A market that was seen so many seconds before noon; null: never. */
function market(marketId: number, ageS: number | null): PatrolMarket {
  return { ...tourMarket(marketId), seenAtS: ageS === null ? null : NOON_S - ageS };
}

const idsOf = (markets: readonly PatrolMarket[]) => markets.map(({ marketId }) => marketId);

describe('a tour of a patrol', () => {
  const markets = [market(1, 4 * HOUR_S - 1), market(2, 4 * HOUR_S), market(3, 8 * HOUR_S), market(4, null)];

  test('begins when a market has two thirds of the age, or was never seen, and takes all that have one third', () => {
    expect(idsOf(tourMarkets(HOME, markets, NONE, NOON_S))).toEqual([2, 3, 4]);
    expect(tourMarkets(HOME, [market(3, 8 * HOUR_S - 1)], NONE, NOON_S)).toEqual([]);
    expect(idsOf(tourMarkets(HOME, [market(4, null)], NONE, NOON_S))).toEqual([4]);
  });

  test('leaves to others what they have', () => {
    expect(idsOf(tourMarkets(HOME, markets, new Set([3]), NOON_S))).toEqual([2, 4]);
    expect(tourMarkets(HOME, markets, new Set([3, 4]), NOON_S)).toEqual([]);
  });

  test('takes only what is too old where it is flown once', () => {
    const some = [market(1, 12 * HOUR_S - 1), market(2, 12 * HOUR_S), market(3, null)];
    expect(idsOf(tourMarkets(ONCE, some, NONE, NOON_S))).toEqual([2, 3]);
  });

  test('is to be through within a third of the age; flown once, within all of it', () => {
    expect([tourBudgetS(HOME), tourBudgetS(ONCE)]).toEqual([4 * HOUR_S, 12 * HOUR_S]);
  });
});

test.each([
  ['nobody for nothing', [], 0],
  ['one for what he is through with in time', [50, 30, 60], 1],
  ['another one where a leg more is too much', [50, 30, 61], 2],
  ['one for each where every leg is too long', [200, 200, 200], 3],
  ['those who begin where another one ends', [50, 90, 1, 90], 2],
])('a region takes %s', (_, legs, commanders) => {
  // Whoever begins somewhere has but the market to read: ten of a hundred seconds.
  expect(commandersNeeded(legs, 10, 100)).toBe(commanders);
});

describe('a look at a region', () => {
  const look = (order: PatrolOrder, markets: readonly PatrolMarket[], more: object = {}) =>
    lookOf(
      order,
      { markets, total: 9, readAtS: new Map(), listed: NONE, needed: 2, able: 1, ...more },
      NOON_S,
    );

  test('tells how old what is there, and what is sent to it', () => {
    const markets = [
      market(1, 12 * HOUR_S),
      market(2, 12 * HOUR_S - 1),
      market(3, null),
      market(4, 60),
      market(5, null),
    ];
    expect(look(HOME, markets, { listed: new Set([3]), readAtS: new Map([[3, NOON_S + 60]]) })).toEqual({
      ...{ atS: NOON_S, markets: 9, overdue: 3, neverSeen: 2, oldestAtS: NOON_S - 12 * HOUR_S },
      // 1, 2 and 5 are on nobody's list.
      ...{ listed: 1, late: 0, unlisted: 3, needed: 2, able: 1, validUntilS: NOON_S + 1 },
    });
    expect(look(HOME, []).oldestAtS).toBeNull();
  });

  test('tells of what is read too late, though it is not yet too old', () => {
    const late = (ageS: number | null, readInS: number) =>
      look(HOME, [market(1, ageS)], { readAtS: new Map([[1, NOON_S + readInS]]) }).late;
    expect([late(11 * HOUR_S, HOUR_S), late(11 * HOUR_S, HOUR_S + 1)]).toEqual([0, 1]);
    // Too old, or never seen: that is told already.
    expect([late(12 * HOUR_S, HOUR_S + 1), late(null, HOUR_S)]).toEqual([0, 0]);
    expect(look(HOME, [market(1, HOUR_S)]).late).toBe(0);
  });

  test.each<[string, PatrolOrder, readonly PatrolMarket[], number[], number]>([
    ['a market must be looked at', HOME, [market(1, 7 * HOUR_S), market(2, HOUR_S)], [], HOUR_S],
    ['one on a list becomes too old', HOME, [market(1, 7 * HOUR_S)], [1], 5 * HOUR_S],
    ['one that is to be looked at becomes too old', HOME, [market(1, 8 * HOUR_S)], [], 4 * HOUR_S],
    [
      'its age is over, where all is too old or was never seen',
      HOME,
      [market(1, 13 * HOUR_S), market(2, null)],
      [],
      12 * HOUR_S,
    ],
    ['one becomes too old, where it is done once', ONCE, [market(1, 8 * HOUR_S)], [], 4 * HOUR_S],
    ['its age is over, where there is nothing', HOME, [], [], 12 * HOUR_S],
  ])('holds until %s', (_, order, markets, listed, forS) => {
    expect(look(order, markets, { listed: new Set(listed) }).validUntilS).toBe(NOON_S + forS);
  });

  const KEPT: PatrolLook = look(HOME, [market(1, 0)]);

  test('is short of the promise where anything is too old, will be, or has nobody', () => {
    expect(isShort(KEPT)).toBe(false);
    for (const what of ['overdue', 'late', 'unlisted'])
      expect(isShort({ ...KEPT, [what]: 1 }), what).toBe(true);
  });

  test('ends a patrol that is done once when nothing is too old', () => {
    expect([isThrough(ONCE, KEPT), isThrough(HOME, KEPT), isThrough(ONCE, { ...KEPT, overdue: 1 })]).toEqual([
      ...[true, false, false],
    ]);
  });

  test('is told to programs with times in ISO 8601', () => {
    const order = {
      ...HOME,
      madeAtS: NOON_S,
      madeBy: 'web',
      commanders: HOME.commanders.map((each) => ({ ...each, sinceS: NOON_S })),
    };
    const told = describePatrol({ order, state: 'kept', look: KEPT }, undefined);
    const noon = '2026-11-28T12:00:00.000Z';
    expect(told).toMatchObject({
      ...{
        name: 'home',
        state: 'kept',
        maxAgeS: 12 * HOUR_S,
        isOnce: false,
        madeAt: noon,
        madeBy: 'web',
        tour: null,
      },
      ...{ about: HOME.about, share: HOME.share, neverSeen: HOME.neverSeen, strategy: HOME.strategy },
      look: {
        ...{
          at: noon,
          markets: 9,
          oldestSeenAt: noon,
          overdue: 0,
          neverSeen: 0,
          listed: 0,
          late: 0,
          unlisted: 0,
        },
        ...{ commandersNeeded: 2, commandersAble: 1, validUntil: '2026-11-28T20:00:00.000Z' },
      },
    });
    expect(told.commanders).toEqual([
      { name: 'Jameson', jumpRangeLy: HOME.commanders[0]!.jumpRangeLy, since: noon },
    ]);
    const flown = describePatrol({ order, state: 'planning', look: null }, scoutTour(1));
    expect([flown.look, flown.tour?.id]).toEqual([null, scoutTour(1).id]);
  });
});

test('a patrol that is followed is told by its state and look; one that is gone is removed', () => {
  const told = patrolProgress('home', { order: HOME, state: 'planning', look: null });
  expect(told).toEqual({ name: 'home', state: 'planning', look: null });
  expect(patrolProgress('home', null)).toEqual({ name: 'home', state: 'removed', look: null });
});

test.each([
  [12 * HOUR_S, '12h'],
  [90 * 60, '90m'],
  [5_430, '91m'],
])('%i seconds are an age of %s', (seconds, text) => {
  expect(age(seconds)).toBe(text);
});

describe('an order', () => {
  const later = (order: PatrolOrder) => ({
    ...{ ...order, madeAtS: NOON_S, madeBy: 'somebody' },
    commanders: order.commanders.map((each) => ({ ...each, sinceS: NOON_S })),
  });

  test('is the same whoever asks for it when, and another one where anything else is asked', () => {
    expect(isSameOrder(HOME, later(HOME))).toBe(true);
    const [jameson] = HOME.commanders;
    for (const other of [
      ...[
        { about: 'x' },
        { neverSeen: 'excluded' },
        { maxAgeS: 1 },
        { isOnce: true },
        { share: !HOME.share },
      ],
      ...[
        { strategy: 'greedy' },
        { seed: 7 },
        { timeLimitMs: 7 },
        { filter: { maxLs: 7 } },
        { commanders: [] },
      ],
      { commanders: [{ ...jameson!, jumpRangeLy: 1 }] },
    ] as Partial<PatrolOrder>[])
      expect(isSameOrder(HOME, { ...HOME, ...other }), JSON.stringify(other)).toBe(false);
  });

  test('is kept once, however often it is given; who is on the patrol stays on it since then', async () => {
    const { store } = new TourWorld();
    expect(await keepOrder(store, HOME)).toEqual({ order: HOME, version: 1, was: 'made' });
    expect(await keepOrder(store, later(HOME))).toEqual({ order: HOME, version: 1, was: 'same' });
    const wider = later({ ...patrolOrder('home', 6 * HOUR_S, 'JAMESON', 'Ryder') });
    const changed = await keepOrder(store, wider);
    expect(changed).toMatchObject({ version: 2, was: 'changed' });
    expect(changed.order.commanders.map(({ sinceS }) => sinceS)).toEqual([0, NOON_S]);
    const [jameson, ryder] = wider.commanders;
    const crew = [
      { ...jameson!, jumpRangeLy: 7, sinceS: NOON_S + 9 },
      { ...ryder!, sinceS: NOON_S + 9 },
    ];
    const again = await keepOrder(store, { ...wider, maxAgeS: 7, commanders: crew });
    // Who jumps farther than before has come anew.
    expect(again.order.commanders.map(({ sinceS }) => sinceS)).toEqual([NOON_S + 9, NOON_S]);
    expect((await keptOrders(store)).map(({ version, order }) => [version, order.maxAgeS])).toEqual([[3, 7]]);
  });

  test('that is done begins again when it is given again', async () => {
    const { store } = new TourWorld();
    await keepOrder(store, ONCE);
    const look = { id: 'home', state: 'done', look: null, version: 1 } as const;
    const row = { kind: LOOKS, id: 'home', version: 1, json: JSON.stringify(look) };
    expect(await store.putAggregate(row)).toBe(true);
    expect(await keptLooks(store)).toEqual(new Map([['home', look]]));
    expect(await keepOrder(store, later(ONCE))).toEqual({ order: later(ONCE), version: 2, was: 'made' });
    const kept = { order: ONCE, version: 1 };
    expect([isDone(kept, look), isDone(kept, { ...look, state: 'kept' }), isDone(kept, undefined)]).toEqual([
      ...[true, false, false],
    ]);
    expect(isDone({ ...kept, version: 2 }, look)).toBe(false);
  });

  test('is taken over by whoever changes it at the same time, a few times', async () => {
    const { store } = new TourWorld();
    let others = 0;
    const busy = (times: number) => ({
      ...store,
      putAggregate: async (row: Parameters<typeof store.putAggregate>[0]) => {
        if (others++ < times)
          await store.putAggregate({ ...row, json: JSON.stringify({ ...HOME, maxAgeS: others }) });
        return store.putAggregate(row);
      },
    });
    expect(await keepOrder(busy(2), HOME)).toMatchObject({ version: 3, was: 'changed' });
    others = 0;
    await expect(keepOrder(busy(3), { ...HOME, maxAgeS: 99 })).rejects.toMatchObject({
      ...{ code: 'busy', message: 'patrol home changes all the time', advice: 'try again' },
    });
  });

  test('is gone with what was told of it, and only once', async () => {
    const { store } = new TourWorld();
    await keepOrder(store, HOME);
    await keepOrder(store, { ...HOME, name: 'away' });
    await store.putAggregate({ kind: LOOKS, id: 'home', version: 1, json: '{"id":"home"}' });
    expect([await removeOrder(store, 'home'), await removeOrder(store, 'home')]).toEqual([true, false]);
    expect((await keptOrders(store)).map(({ order }) => order.name)).toEqual(['away']);
    expect(await keptLooks(store)).toEqual(new Map());
  });
});
