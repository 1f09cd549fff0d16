import { expect, onTestFinished, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { tempDir } from '../support/temp-dir.ts';

const ASKERS = Array.from({ length: 8 }, (_, i) => i);

/** In which order they are answered, whatever it is. */
async function answered(ask: (asker: number) => Promise<unknown>): Promise<number[]> {
  const order: number[] = [];
  await Promise.allSettled(ASKERS.map((asker) => ask(asker).finally(() => order.push(asker))));
  return order;
}

test('of those who wait for a plan who asked first is answered first', async () => {
  const planner = createTourPlanner();
  onTestFinished(() => planner.close());
  const position = { x: 0, y: 0, z: 0 };
  const stop = { marketId: 1, position, lsFromStar: 100, isPlanetary: false, isCarrier: false };
  const commander = { name: 'a', start: position, startMarketId: null, jumpRangeLy: 25 };
  const request = {
    ...{ stops: [stop], commanders: [commander] },
    ...{ strategy: 'vrp' as const, returns: false, times: TRAVEL_TIMES, seed: 1 },
  };
  expect(await answered(() => planner.plan(request, { timeLimitMs: 1 }))).toEqual(ASKERS);
});

test('so it is with the history', async () => {
  const reader = createHistoryReader(tempDir());
  onTestFinished(() => reader.close());
  const day = { fromS: 1_772_323_200, toS: 1_772_409_600 };
  expect(await answered(() => reader.market(7, 1, day))).toEqual(ASKERS);
});
