import type { DatabaseSync } from 'node:sqlite';
import { ROW, ROW_WIDTH } from '../../domain/market/snapshot.ts';

const HOUR_S = 3_600;
/** Of an entry: number, least, most, sum; supply, then demand. */
const WIDTH = 8;

/** Prices of goods by the hour in which they were observed, gathered before they are put into the table. */
export class HourTotals {
  readonly #totals = new Map<string, Float64Array>();

  /** @param day to which they are written */
  add(day: number, observedAtS: number, rows: Int32Array): void {
    const hourS = observedAtS - (observedAtS % HOUR_S);
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      const supply = priceOf(rows, at, ROW.supplyPrice, ROW.supplyUnits);
      const demand = priceOf(rows, at, ROW.demandPrice, ROW.demandUnits);
      if (supply === 0 && demand === 0) continue;
      const key = `${day} ${rows[at + ROW.itemId]} ${hourS}`;
      let totals = this.#totals.get(key);
      if (totals === undefined) this.#totals.set(key, (totals = new Float64Array(WIDTH)));
      addPrice(totals, 0, supply);
      addPrice(totals, WIDTH / 2, demand);
    }
  }

  /** In the transaction of whoever calls. */
  writeTo(db: DatabaseSync): void {
    const write = db.prepare(UPSERT);
    for (const [key, totals] of this.#totals) {
      const [supply, demand] = [totals.subarray(0, WIDTH / 2), totals.subarray(WIDTH / 2)];
      write.run(...key.split(' ').map(Number), ...cellsOf(supply), ...cellsOf(demand));
    }
  }
}

/** What nobody can buy, or sell, has no price that counts; 0. */
function priceOf(rows: Int32Array, at: number, price: number, units: number): number {
  return rows[at + units] === 0 ? 0 : (rows[at + price] ?? 0);
}

function addPrice(totals: Float64Array, at: number, price: number): void {
  if (price === 0) return;
  const [number = 0, least = 0, most = 0, sum = 0] = totals.subarray(at, at + WIDTH / 2);
  totals.set(
    [number + 1, number === 0 ? price : Math.min(least, price), Math.max(most, price), sum + price],
    at,
  );
}

function cellsOf([number = 0, least = 0, most = 0, sum = 0]: Float64Array): (number | null)[] {
  return number === 0 ? [0, null, null, 0] : [number, least, most, sum];
}

const sideOf = (side: string) => `
  ${side}_n = ${side}_n + excluded.${side}_n, ${side}_sum = ${side}_sum + excluded.${side}_sum,
  ${side}_min = MIN(COALESCE(${side}_min, excluded.${side}_min), COALESCE(excluded.${side}_min, ${side}_min)),
  ${side}_max = MAX(COALESCE(${side}_max, excluded.${side}_max), COALESCE(excluded.${side}_max, ${side}_max))`;

const UPSERT = `
  INSERT INTO hour (day, item_id, hour_s, supply_n, supply_min, supply_max, supply_sum,
    demand_n, demand_min, demand_max, demand_sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET ${sideOf('supply')}, ${sideOf('demand')}`;
