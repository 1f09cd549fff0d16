import type { Commodity } from '../../src/domain/market/catalogue.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { SeededRandom } from '../../test/support/random.ts';

/** As many as EDCD lists. */
export const GOODS: readonly Commodity[] = Array.from({ length: 398 }, (_, i) => ({
  id: 128_049_000 + i,
  symbol: `Good${i}`,
  category: 'Metals',
  name: `Good ${i}`,
  rare: false,
}));

/** Rows of a market of the reference's figures. */
export const ROWS = 49;

export const START_S = Date.UTC(2026, 2, 1) / 1000;

const WINDOW = GOODS.length - ROWS;

/** Ids of stations as carriers have them, ascending. */
export function stationIds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 3_700_000_000 + i * 257);
}

/** Snapshots of so many stations, {@link ROWS} rows each, in the order in which they happen to be visited. */
export function freshMarkets(count: number, seed = 1): Snapshot[] {
  const random = new SeededRandom(seed);
  return shuffled(stationIds(count), random).map((marketId) => freshMarket(marketId, random));
}

export function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  const left = [...list];
  for (let i = left.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  return left;
}

export function freshMarket(marketId: number, random: SeededRandom): Snapshot {
  const first = random.integer(0, WINDOW);
  const rows = new Int32Array(ROWS * ROW_WIDTH);
  for (let i = 0; i < ROWS; i++) {
    const at = i * ROW_WIDTH;
    rows[at + ROW.itemId] = GOODS[first + i]!.id;
    rows[at + ROW.meanPrice] = 1_000;
    const [price, units, level] = [random.integer(100, 50_000), random.integer(1, 10_000), 2];
    rows.set([price, units, level], at + (random.chance(0.5) ? ROW.demandPrice : ROW.supplyPrice));
  }
  return snapshot(marketId, START_S, rows);
}

/** The same markets an hour later: in so many of their rows price and units have changed. */
export function laterMarkets(
  markets: readonly Snapshot[],
  changed: number,
  random: SeededRandom,
): Snapshot[] {
  return markets.map(({ marketId, observedAtS, rows }) => {
    const now = rows.slice();
    for (let at = 0; at < now.length; at += ROW_WIDTH) {
      if (!random.chance(changed)) continue;
      const side = at + (now[at + ROW.demandPrice]! > 0 ? ROW.demandPrice : ROW.supplyPrice);
      now[side] = random.integer(100, 50_000);
      now[side + 1] = random.integer(1, 10_000);
    }
    return snapshot(marketId, observedAtS + 3_600, now);
  });
}

function snapshot(marketId: number, observedAtS: number, rows: Int32Array): Snapshot {
  return { marketId, systemName: 'Sol', stationName: 'Station', observedAtS, receivedAtMs: 0, rows };
}

/** As many at a time, in their order. */
export function groupsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
