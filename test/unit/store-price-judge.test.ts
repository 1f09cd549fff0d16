import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PriceJudge } from '../../src/infra/store/shared/price-judge.ts';
import { snapshot, type Row } from '../contract/store-world.ts';

const HOUR_MS = 3_600_000;
const FULL_SAMPLE = 30_000;

/** Ten goods, as many as prove something. */
const ROWS = Array.from({ length: 10 }, (_, i): Row => [i + 1, 100, 1, 1, 0, 0, 0]);
const MARKET = snapshot(ROWS).rows;

/** As many markets as make prices usual that ask a price for these goods. @param typeId of their stations */
function sampleOf(price: number, typeId = 0): number[][] {
  return Array.from({ length: 20 }, () => ROWS.map(([itemId]) => [itemId, price, 0, typeId])).flat();
}

function judgeMarkets(judge: PriceJudge, count: number): void {
  for (let i = 0; i < count; i++) judge.ratioOf(MARKET);
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('before the first look at other markets one is due, and nothing is known', () => {
  const judge = new PriceJudge();
  expect(judge.isDue).toBe(true);
  expect(judge.ratioOf(MARKET)).toBeNull();
});

test('with a full sample the next look is in an hour, however many markets are written', () => {
  const judge = new PriceJudge();
  judge.renew(Array<readonly number[]>(FULL_SAMPLE).fill([1, 1, 1, 0]), 'v12');
  judgeMarkets(judge, 500);
  vi.advanceTimersByTime(HOUR_MS - 1);
  expect(judge.isDue).toBe(false);
  vi.advanceTimersByTime(1);
  expect(judge.isDue).toBe(true);
});

test('while there are few markets they are looked at whenever there are twice as many, at the latest in an hour', () => {
  const judge = new PriceJudge();
  judge.renew([], 'v12');
  judgeMarkets(judge, 49);
  expect(judge.isDue).toBe(false);
  judgeMarkets(judge, 1);
  expect(judge.isDue).toBe(true);

  judge.renew([], 'v12');
  judgeMarkets(judge, 49);
  expect(judge.isDue).toBe(false);
  judgeMarkets(judge, 1);
  expect(judge.isDue).toBe(true);

  judge.renew([], 'v12');
  vi.advanceTimersByTime(HOUR_MS);
  expect(judge.isDue).toBe(true);
});

test('a look that fails is not tried again at once', () => {
  const judge = new PriceJudge();
  judge.postpone();
  judgeMarkets(judge, 500);
  expect(judge.isDue).toBe(false);
  vi.advanceTimersByTime(HOUR_MS);
  expect(judge.isDue).toBe(true);
});

test('a market is compared with the others, not with carriers', () => {
  const judge = new PriceJudge();
  judge.renew(sampleOf(50), 'v12');
  expect(judge.ratioOf(MARKET)).toBe(2);
  judge.renew([...sampleOf(50), ...sampleOf(1_000, 24), ...sampleOf(1_000, 24)], 'v12');
  expect(judge.ratioOf(MARKET)).toBe(2);
});
