import { setImmediate } from 'node:timers/promises';
import { NO_MARKET, type Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import type { PriceReport, PriceTotals } from '../../../../domain/ports/store/queries.ts';
import type { QueryReader } from './reader.ts';

/** Markets of a statement: other questions come in between. */
const MARKETS_AT_ONCE = 500;

interface Totals {
  min: number | null;
  max: number | null;
  sum: number;
  markets: number;
  units: number;
}

/** Prices of all goods over all markets but fleet carriers, in one pass over the rows. */
export async function readPriceReports(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
): Promise<PriceReport[]> {
  const ids: number[] = [];
  for (let market = 0; market < galaxy.marketCount; market++) {
    const station = galaxy.stationOf[market] ?? 0;
    const atS = galaxy.seenAtS[market] ?? 0;
    const isCarrier = kinds.get(galaxy.typeId[station] ?? 0)?.group === 'carrier';
    if (atS !== 0 && atS !== NO_MARKET && !isCarrier) ids.push(galaxy.stationIds[station] ?? 0);
  }
  ids.sort((a, b) => a - b);

  const goods = new Map<number, { readonly supply: Totals; readonly demand: Totals }>();
  for (let at = 0; at < ids.length; at += MARKETS_AT_ONCE) {
    const rows = await reader.rows(
      `SELECT item_id, ${columnsOf('supply')}, ${columnsOf('demand')} FROM StationItem
       WHERE station_id IN (${ids.slice(at, at + MARKETS_AT_ONCE).join()}) GROUP BY item_id`,
    );
    for (const [itemId, ...cells] of rows) {
      const id = Number(itemId);
      const good = goods.get(id) ?? { supply: nothing(), demand: nothing() };
      goods.set(id, good);
      add(good.supply, cells.slice(0, 5));
      add(good.demand, cells.slice(5));
    }
    await setImmediate();
  }
  return Array.from(goods, ([itemId, { supply, demand }]) => ({
    itemId,
    supply: summed(supply),
    demand: summed(demand),
  }));
}

/** Prices count where there is something to buy or to sell; units of all. */
function columnsOf(side: 'supply' | 'demand'): string {
  const price = `CASE WHEN ${side}_price > 0 AND ${side}_units > 0 THEN ${side}_price END`;
  return `MIN(${price}), MAX(${price}), COALESCE(SUM(${price}), 0), COUNT(${price}), COALESCE(SUM(${side}_units), 0)`;
}

function nothing(): Totals {
  return { min: null, max: null, sum: 0, markets: 0, units: 0 };
}

function add(totals: Totals, [min, max, sum, markets, units]: readonly (string | number | null)[]): void {
  if (min !== null) totals.min = Math.min(totals.min ?? Infinity, Number(min));
  if (max !== null) totals.max = Math.max(totals.max ?? 0, Number(max));
  totals.sum += Number(sum);
  totals.markets += Number(markets);
  totals.units += Number(units);
}

function summed({ min, max, sum, markets, units }: Totals): PriceTotals | null {
  if (min === null || max === null) return null;
  return { min, max, mean: Math.trunc(sum / markets), markets, units };
}
