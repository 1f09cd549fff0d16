import { expect, test } from 'vitest';
import { RowStager } from '../../src/domain/market/rows.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { generateLoad, loadMarkets, type LoadMessage } from '../support/load.ts';
import { frameBatch, OBSERVED_AT_S, testRules } from '../support/messages.ts';

const symbols = Array.from({ length: 398 }, (_, i) => `good${i}`);
const options = { seed: 7, symbols, markets: 500, startAtS: OBSERVED_AT_S };

const take = (count: number, overrides: object = {}): LoadMessage[] =>
  generateLoad({ ...options, ...overrides })
    .take(count)
    .toArray();

test('the same seed gives the same messages, another seed others', () => {
  expect(take(300)).toEqual(take(300));
  expect(take(300)).not.toEqual(take(300, { seed: 8 }));
});

test('a few percent are market messages', () => {
  const share = take(5_000).filter(({ market }) => market !== null).length / 5_000;
  expect(share).toBeGreaterThan(0.05);
  expect(share).toBeLessThan(0.07);
});

test('markets have about 90 rows or about 350, carriers one or two', () => {
  const rows = loadMarkets(options).map((market) => market.rows);
  expect(rows.filter((count) => count <= 2).length).toBeGreaterThan(40);
  expect(rows.filter((count) => count > 40 && count < 150).length).toBeGreaterThan(200);
  expect(rows.filter((count) => count > 310 && count < 380).length).toBeGreaterThan(80);
});

test('a few markets are seen often, many once', () => {
  const seen = new Map<number, number>();
  for (const { market } of take(2_000, { commodityShare: 1 })) {
    seen.set(market!.marketId, (seen.get(market!.marketId) ?? 0) + 1);
  }
  const counts = [...seen.values()].sort((a, b) => b - a);
  expect(counts[0]).toBeGreaterThan(200);
  expect(counts.filter((count) => count <= 2).length).toBeGreaterThan(100);
});

test('every market message is taken whole', () => {
  const itemIds = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  const load = take(400, { commodityShare: 1 });
  const rules = testRules({
    whitelist: [{ software: 'E:D Market Connector [Windows]', minversion: '6.0.0' }],
  });
  const staged = stageBatch(frameBatch(load.map(({ message }) => message)), new RowStager(itemIds), rules);
  expect(staged.rejected).toEqual({});
  expect(staged.snapshots.length).toBe(400);
  expect(staged.unknownCommodities).toEqual({});
});

test('the other messages are of other schemas', () => {
  const others = take(2_000, { commodityShare: 0 });
  const staged = stageBatch(frameBatch(others.map(({ message }) => message)), null, testRules());
  expect(staged.rejected).toEqual({ 'other schema': 2_000 });
  expect(new Set(others.map(({ message }) => message.$schemaRef)).size).toBe(3);
});
