import { describe, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { isoTime } from '../../src/domain/timestamp.ts';
import { describeTour } from '../../src/domain/tours/describe-tour.ts';
import { tourProgress } from '../../src/domain/tours/progress.ts';
import { findStale, planScout, type ScoutRequest } from '../../src/domain/tours/scout.ts';
import {
  crew,
  ended,
  holder,
  intervalsOf,
  lastReadBy,
  observed,
  openMarkets,
  planned,
  planRequest,
  reconfigured,
  type ScoutTour,
} from '../../src/domain/tours/scout-tour.ts';
import { planOf, scoutTour, TOUR_MADE_S, tourCommander } from '../support/scout-tour.ts';

const T = TOUR_MADE_S;

/** Jameson flies to 2, 1, Ryder to 3, 4. */
const flown = () =>
  planned(scoutTour(4, ['Jameson', 'Ryder']), planOf({ Jameson: [2, 1], Ryder: [3, 4] }), T + 10);
const market = (tour: ScoutTour, marketId: number) =>
  tour.markets.find((each) => each.marketId === marketId)!;
const holders = (tour: ScoutTour) => tour.markets.map(holder);

describe('a market that is on a list', () => {
  test('leaves it with the first observation, and what it took since the stop before is kept', () => {
    const first = observed(flown(), 2, T + 100);
    expect(market(first, 2)).toMatchObject({
      doneAtS: T + 100,
      assignments: [{ commander: 'Jameson', sinceS: T + 10, untilS: T + 100, why: 'observed' }],
    });
    expect(market(first, 2)).not.toHaveProperty('interval');
    const second = observed(first, 1, T + 350);
    expect(market(second, 1).interval).toEqual({ plannedS: 300, pace: 1, takenS: 250 });
    expect([intervalsOf(second, 'JAMESON').length, intervalsOf(second, 'Ryder').length]).toEqual([1, 0]);
    expect(observed(second, 1, T + 400)).toBe(second);
    const ryders = observed(observed(second, 3, T + 100), 4, T + 300);
    expect(market(ryders, 4).interval).toEqual({ plannedS: 300, pace: 1, takenS: 200 });
    expect(openMarkets(second).map(({ marketId }) => marketId)).toEqual([3, 4]);
  });

  test('out of order takes no time from a stop that is still open', () => {
    expect(market(observed(flown(), 4, T + 100), 4)).not.toHaveProperty('interval');
  });

  test.each([
    ['was made before the tour', 2, T - 1],
    ['is of a market of no list', 9, T + 1],
  ])('stays when an observation %s', (_, marketId, atS) => {
    const tour = flown();
    expect(observed(tour, marketId, atS)).toBe(tour);
  });

  test('goes to another list with a new plan, unless it has been seen meanwhile', () => {
    const tour = planned(observed(flown(), 3, T + 20), planOf({ Jameson: [2, 3, 4], Ryder: [1] }), T + 50);
    expect(holders(tour)).toEqual(['Ryder', 'Jameson', null, 'Jameson']);
    expect(market(tour, 1).assignments).toEqual([
      { commander: 'Jameson', sinceS: T + 10, untilS: T + 50, why: 'replanned' },
      { commander: 'Ryder', sinceS: T + 50, untilS: null, why: null },
    ]);
    expect([market(tour, 2).assignments.length, market(tour, 3).assignments.length]).toEqual([1, 1]);
    expect(tour.plan?.atS).toBe(T + 50);
  });

  test('leaves it when the tour ends', () => {
    const tour = ended(observed(flown(), 3, T + 20), 'failed', T + 60, 'no plan');
    expect(tour).toMatchObject({ state: 'failed', endedAtS: T + 60, failure: 'no plan' });
    expect(holders(tour)).toEqual([null, null, null, null]);
    expect(market(tour, 1).assignments).toMatchObject([{ untilS: T + 60, why: 'withdrawn' }]);
    expect(market(tour, 3).assignments).toMatchObject([{ untilS: T + 20, why: 'observed' }]);
  });
});

describe('a crew', () => {
  test('is joined by who is not there, and left by who is; names without case', () => {
    const change = { join: [tourCommander('RYDER'), tourCommander('Duval')], leave: ['JAMESON', 'Nobody'] };
    const tour = reconfigured(flown(), change, T + 70);
    expect(crew(tour).map(({ name }) => name)).toEqual(['Ryder', 'Duval']);
    expect(tour.commanders.map(({ name, leftAtS }) => [name, leftAtS])).toEqual([
      ['Jameson', T + 70],
      ['Ryder', null],
      ['Duval', null],
    ]);
    expect(tour.commanders[2]!.joinedAtS).toBe(T + 70);
    const again = reconfigured(tour, { join: [tourCommander('Jameson')], leave: ['jameson'] }, T + 80);
    expect(again.commanders.map(({ name, leftAtS }) => [name, leftAtS])).toEqual([
      ['Jameson', T + 70],
      ['Ryder', null],
      ['Duval', null],
      ['Jameson', null],
    ]);
  });

  test('is planned for from where each was last', () => {
    const tour = reconfigured(
      observed(observed(flown(), 2, T + 100), 1, T + 90),
      { join: [], leave: [] },
      T + 95,
    );
    const { stops, commanders } = planRequest(tour, TRAVEL_TIMES);
    expect(stops.map(({ marketId }) => marketId)).toEqual([3, 4]);
    expect(commanders).toMatchObject([
      { name: 'Jameson', start: { x: 2, y: 0, z: 0 }, startMarketId: 2 },
      { name: 'Ryder', start: { x: 0, y: 0, z: 0 }, startMarketId: null },
    ]);
    expect([lastReadBy(tour, 'Jameson')?.marketId, lastReadBy(tour, 'Ryder')]).toEqual([2, null]);
    expect(lastReadBy(tour, 'JAMESON')?.marketId).toBe(2);
    expect(lastReadBy(observed(observed(flown(), 1, T + 100), 2, T + 90), 'Jameson')?.marketId).toBe(1);
    expect(lastReadBy(ended(flown(), 'withdrawn', T + 20), 'Jameson')).toBeNull();
  });
});

describe('a tour is told', () => {
  const tour = observed(observed(flown(), 3, T + 200), 2, T + 100);

  test('whole: who has what before him, in the order of the plan, what is done, who had what', () => {
    const told = describeTour(planned(tour, planOf({ Jameson: [1], Ryder: [4] }), T + 210));
    expect(told).toMatchObject({
      ...{
        id: 'tour1',
        state: 'planning',
        madeBy: 'planner',
        strategy: 'vrp',
        returns: false,
        failure: null,
      },
      ...{ madeAt: isoTime(T), plannedAt: isoTime(T + 210), endedAt: null, markets: 4, open: 2 },
    });
    expect(told.commanders[1]).toEqual({
      ...{ name: 'Ryder', jumpRangeLy: 20, joinedAt: isoTime(T), leftAt: null, pace: 1, error: null },
      ...{ seconds: 300, systems: ['Star 4'] },
      stops: [{ marketId: 4, name: 'Port 4', systemName: 'Star 4', lsFromStar: 100, jumps: 1, seconds: 300 }],
    });
    expect(told.done).toEqual([
      { marketId: 2, name: 'Port 2', systemName: 'Star 2', lsFromStar: 100, doneAt: isoTime(T + 100) },
      { marketId: 3, name: 'Port 3', systemName: 'Star 3', lsFromStar: 100, doneAt: isoTime(T + 200) },
    ]);
    expect(told.assignments).toContainEqual({
      ...{
        marketId: 3,
        commander: 'Ryder',
        since: isoTime(T + 10),
        until: isoTime(T + 200),
        why: 'observed',
      },
    });
    expect(told.assignments.map(({ marketId }) => marketId)).toEqual([1, 2, 3, 4]);
  });

  test('with stops in the order of the plan; two of one system one after the other are one system', () => {
    const near = {
      ...flown(),
      markets: flown().markets.map((each) =>
        each.marketId === 2 ? { ...each, systemName: 'Star 1' } : each,
      ),
    };
    const [jameson] = describeTour(near).commanders;
    expect(jameson).toMatchObject({
      seconds: 600,
      systems: ['Star 1'],
      stops: [{ marketId: 2 }, { marketId: 1 }],
    });
  });

  test('with one who left and came again as who has the list now', () => {
    const left = reconfigured(flown(), { join: [], leave: ['Jameson'] }, T + 20);
    const back = reconfigured(left, { join: [tourCommander('Jameson')], leave: [] }, T + 30);
    const { commanders } = describeTour(back);
    expect(commanders.map(({ name, stops }) => [name, stops.length])).toEqual([
      ['Jameson', 0],
      ['Ryder', 2],
      ['Jameson', 2],
    ]);
  });

  test('with the pace of each, and what is done in the order in which it was', () => {
    const { tours, ...plan } = planOf({ Jameson: [2, 1], Ryder: [3, 4] });
    const paced = { ...plan, tours: tours.map((each, at) => ({ ...each, pace: 2 + at })) };
    const again = planned(scoutTour(4, ['Jameson', 'Ryder', 'Duval']), paced, T + 10);
    expect(describeTour(again).commanders.map(({ name, pace }) => [name, pace])).toEqual([
      ...[
        ['Jameson', 2],
        ['Ryder', 3],
        ['Duval', 1],
      ],
    ]);
    const seen = [1, 2, 3].reduce((now, id) => observed(now, id, T + 400 - 100 * id), again);
    expect(describeTour(seen).done.map(({ marketId }) => marketId)).toEqual([3, 2, 1]);
    expect(tourProgress(seen).commanders.map(({ open }) => open)).toEqual([0, 1, 0]);
  });

  test('without a plan nobody knows when, and all take what the model says', () => {
    const told = describeTour({ ...tour, plan: null });
    expect(told.plannedAt).toBeNull();
    expect(told.commanders[0]).toMatchObject({
      pace: 1,
      seconds: 0,
      stops: [{ jumps: null, seconds: null }],
    });
  });

  test('in few words: how much is open of whom, and what was closed last', () => {
    expect(tourProgress(tour)).toEqual({
      ...{ id: 'tour1', patrol: null, state: 'planning', markets: 4, open: 2, endedAt: null },
      commanders: [
        { name: 'Jameson', open: 1 },
        { name: 'Ryder', open: 1 },
      ],
      lastDone: {
        ...{
          marketId: 3,
          name: 'Port 3',
          systemName: 'Star 3',
          commander: 'Ryder',
          doneAt: isoTime(T + 200),
        },
      },
    });
    expect(tourProgress({ ...flown(), patrol: 'Bubble' })).toMatchObject({
      patrol: 'Bubble',
      lastDone: null,
    });
  });
});

describe('stale markets', () => {
  const station = (id: number, marketAtS: number | null) => ({ station: { id, marketAtS } });
  const asked: unknown[] = [];
  const queries = {
    freshness: (_filter: unknown, page: unknown) => {
      asked.push(page);
      return Promise.resolve({ entries: [1, 2, 3, 4].map((id) => station(id, 5)), total: 40 });
    },
    markets: (ids: readonly number[]) =>
      Promise.resolve(ids.map((id) => station(id, id === 3 ? null : id * 10))),
  } as unknown as Parameters<typeof findStale>[0];
  const find = async (request: object) => {
    const filter = { neverSeen: 'included', sort: 'oldest', seenBeforeS: 40 } as const;
    const { stations, total } = await findStale(queries, {
      filter,
      exclude: new Set([2]),
      maxStops: 2,
      ...request,
    });
    return { ids: stations.map(({ id }) => id), total };
  };

  test('are the oldest but for those that are left to others', async () => {
    expect(await find({})).toEqual({ ids: [1, 3], total: 40 });
    expect(asked).toEqual([{ limit: 3, after: null }]);
  });

  test('are planned for, and told with their stations', async () => {
    const asked: unknown[] = [];
    const plan = { tours: [], seconds: 9, spread: 0 };
    const request: ScoutRequest = {
      ...{ filter: { neverSeen: 'included', sort: 'oldest' }, exclude: new Set<number>(), maxStops: 2 },
      ...{ only: [1, 3], commanders: [tourCommander('Jameson')], strategy: 'vrp', returns: true },
      ...{ times: TRAVEL_TIMES, seed: 7, timeLimitMs: 50 },
    };
    const placed = {
      ...queries,
      markets: (ids: readonly number[]) =>
        Promise.resolve(
          ids.map((id) => ({
            station: {
              ...{ id, marketAtS: 5, system: { x: id, y: 0, z: 0 }, lsFromStar: 9, isPlanetary: false },
              group: id === 3 ? 'carrier' : 'starport',
            },
          })),
        ),
    } as unknown as typeof queries;
    const told = await planScout(
      placed,
      {
        plan: (...given: unknown[]) => {
          asked.push(given);
          return Promise.resolve(plan);
        },
      },
      request,
    );
    expect(told).toMatchObject({ ...plan, stale: 2 });
    expect([...told.stations.keys()]).toEqual([1, 3]);
    const { commanders, strategy, returns, times, seed } = request;
    const stops = [1, 3].map((id) => ({
      ...{ marketId: id, position: { x: id, y: 0, z: 0 }, lsFromStar: 9, isPlanetary: false },
      isCarrier: id === 3,
    }));
    expect(asked).toEqual([[{ stops, commanders, strategy, returns, times, seed }, { timeLimitMs: 50 }]]);
  });

  test('of some are those that nobody has seen since', async () => {
    expect(await find({ only: [2, 5, 4, 3, 1] })).toEqual({ ids: [4, 3], total: 3 });
    expect(await find({ only: [5], filter: { neverSeen: 'included', sort: 'oldest' } })).toEqual({
      ids: [5],
      total: 1,
    });
  });
});
