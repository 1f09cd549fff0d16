import { onTestFinished } from 'vitest';
import { dayOf } from '../../src/domain/history/days.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import type { HistoryPage } from '../../src/domain/ports/publishing/history.ts';
import type { SeenMarket } from '../../src/domain/ports/store/queries.ts';
import { tempDir } from './temp-dir.ts';

/** 2026-11-28T00:00:00Z. */
export const MIDNIGHT_S = 1_795_824_000;
export const LOG = '00000000-0000-4000-8000-000000000001';

/** What a good is sold and bought for. */
type Goods = readonly (readonly [itemId: number, supplyPrice: number, demandPrice: number, units?: number])[];

function rowsOf(goods: Goods): Int32Array {
  const rows = new Int32Array(goods.length * ROW_WIDTH);
  for (const [at, [itemId, supplyPrice, demandPrice, units = 100]] of goods.entries()) {
    const row = rows.subarray(at * ROW_WIDTH, (at + 1) * ROW_WIDTH);
    row[ROW.itemId] = itemId;
    row[ROW.supplyPrice] = supplyPrice;
    row[ROW.supplyUnits] = supplyPrice === 0 ? 0 : units;
    row[ROW.supplyLevel] = supplyPrice === 0 ? 0 : 2;
    row[ROW.demandPrice] = demandPrice;
    row[ROW.demandUnits] = demandPrice === 0 ? 0 : units;
    row[ROW.demandLevel] = demandPrice === 0 ? -1 : 3;
  }
  return rows;
}

export interface Seen {
  readonly marketId: number;
  readonly observedAtS: number;
  readonly writtenAtS?: number;
  readonly goods: Goods;
  readonly source?: 'live' | 'purge' | 'dump';
  readonly isCarrier?: boolean;
}

/** A page of one entry a market. @param seq after which it follows */
export function pageOf(seq: number, seen: readonly Seen[], logId = LOG): HistoryPage {
  return {
    after: { logId, seq },
    changes: seen.map(({ marketId, observedAtS, writtenAtS = observedAtS, source = 'live' }, at) => ({
      ...{ seq: seq + at + 1, kind: 'market' as const, id: BigInt(marketId) },
      ...{ observedAtS: source === 'purge' ? null : observedAtS, writtenAtS, source },
    })),
    markets: seen.map(({ marketId, observedAtS, goods, isCarrier = false }): SeenMarket => ({
      ...{ marketId, isCarrier, rows: rowsOf(goods) },
      observedAtS: goods.length === 0 ? null : observedAtS,
    })),
  };
}

export const GOLD = 128_049_154;
export const SILVER = 128_049_155;
export const DAY = dayOf(MIDNIGHT_S);
export const NAMES = new Map([
  [GOLD, 'Gold'],
  [SILVER, 'Silver'],
]);
export const ALL = { fromS: 0, toS: 4_000_000_000 };

export function openHistory() {
  const directory = tempDir();
  const recorder = createHistoryRecorder(directory);
  const reader = createHistoryReader(directory);
  onTestFinished(async () => {
    await recorder.close();
    await reader.close();
  });
  return { directory, recorder, reader };
}

export const at = (s: number) => MIDNIGHT_S + s;
export const seen = (marketId: number, s: number, gold: number, units = 100): Seen => ({
  ...{ marketId, observedAtS: at(s) },
  goods: [[GOLD, gold, 0, units]],
});
