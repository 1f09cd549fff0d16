import { describe, expect, test } from 'vitest';
import { indexCommodities } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { commodityMessage, frame, frameBatch, testCatalogue, testRules } from '../support/messages.ts';

const rowStager = new RowStager(indexCommodities(testCatalogue().commodities));

const stageFrame = (bytes: Uint8Array) =>
  stageBatch({ ...frameBatch([]), frames: [bytes] }, rowStager, testRules());

/** A market message with this in its list, or beside it. */
function holding(text: string): Uint8Array {
  return frame(JSON.stringify(commodityMessage({ other: 'here' })).replace('"here"', text));
}

describe('a message that would take long', () => {
  test.each([
    ['objects', `[${'{},'.repeat(60_000)}{}]`],
    ['numbers', `[${'0,'.repeat(60_000)}0]`],
    ['members', `{${'"":0,'.repeat(60_000)}"":0}`],
    ['lists in lists', '['.repeat(60_000) + ']'.repeat(60_000)],
  ])('is not parsed: %s', (_, text) => {
    expect(stageFrame(holding(text)).rejected).toEqual({ 'too large': 1 });
  });

  test('has more commodities than the game', () => {
    const list = Array.from({ length: 2_001 }, () => ({}));
    expect(stageFrame(frame(commodityMessage({ commodities: list }))).rejected).toEqual({ 'too large': 1 });
    expect(stageFrame(frame(commodityMessage({ commodities: list.slice(1) }))).rejected).toEqual({});
  });

  test('has a market id of millions of digits: it takes no longer than others', () => {
    const started = process.cpuUsage();
    stageFrame(holding(`{"marketId": ${'1'.repeat(2_000_000)}}`));
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });
});
