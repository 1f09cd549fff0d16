import { afterEach, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { PlanRequest } from '../../src/domain/tours/plan.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { SeededRandom } from '../support/random.ts';
import { randomPoints } from '../support/tours.ts';

const planner = createTourPlanner();
afterEach(() => planner.close());

function request(stops: number): PlanRequest {
  return {
    stops: randomPoints(new SeededRandom(3), stops).map((position, i) => ({
      ...{ marketId: i + 1, position },
      ...{ lsFromStar: 100, isPlanetary: false, isCarrier: false },
    })),
    commanders: ['a', 'b'].map((name) => ({
      ...{ name, start: { x: 50, y: 50, z: 50 } },
      ...{ startMarketId: null, jumpRangeLy: 25 },
    })),
    ...{ strategy: 'vrp', returns: false, times: TRAVEL_TIMES, seed: 1 },
  };
}

test('plans in its thread, ends early when told, and refuses when there is too much or it is closed', async () => {
  const { tours } = await planner.plan(request(30), { timeLimitMs: 200 });
  expect(tours.flatMap(({ stops }) => stops)).toHaveLength(30);

  // Years, unless it is told.
  const endless = { timeLimitMs: 1e11 };
  const stop = new AbortController();
  const stopped = Array.from({ length: 17 }, () =>
    planner.plan(request(150), { ...endless, signal: stop.signal }),
  );
  await expect(planner.plan(request(3), endless)).rejects.toThrow('too many tours are being planned');
  stop.abort();
  for (const plan of await Promise.all(stopped))
    expect(plan.tours.flatMap(({ stops }) => stops)).toHaveLength(150);

  await planner.close();
  await expect(planner.plan(request(3), endless)).rejects.toThrow('no tours are planned any more');
});
