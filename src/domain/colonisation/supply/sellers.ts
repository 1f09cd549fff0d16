import type { Ages } from '../../galaxy/search.ts';
import type { StationFilter } from '../../galaxy/stations/station-filter.ts';
import { legSeconds, type TravelTimes } from '../../galaxy/travel-time.ts';
import type { Queries, StationRecord } from '../../ports/store/queries.ts';
import { stopAt } from '../../tours/scout.ts';
import type { PlanSeller } from './load-problem.ts';
import { isSeller } from './supply.ts';

/** A good that is to be bought. */
export interface Wanted {
  readonly symbol: string;
  readonly itemId: number;
  readonly tonnes: number;
}

export interface FoundSeller extends PlanSeller {
  readonly station: StationRecord;
  readonly distanceLy: number;
}

/** Sellers of a good that are looked at together, and in all at most. */
const PAGE = 100;
const MOST = 1_000;
/** No more are looked for when they have so many times what is needed. */
const ENOUGH = 3;

/** Who sells what is wanted, of each good the nearest. @param filter with a place */
export async function sellersNear(
  queries: Pick<Queries, 'trades'>,
  wanted: readonly Wanted[],
  filter: StationFilter & Ages,
): Promise<FoundSeller[]> {
  const found = new Map<
    number,
    FoundSeller & { readonly offers: Record<string, PlanSeller['offers'][string]> }
  >();
  const search = async ({ symbol, itemId, tonnes }: Wanted) => {
    let [seen, stock] = [0, 0];
    let after = null;
    do {
      const trade = { ...filter, side: 'supply', minUnits: 1, sort: 'distance' } as const;
      const page = await queries.trades(itemId, trade, { limit: PAGE, after });
      for (const { station, quote, distanceLy } of page.entries) {
        if (!isSeller(station)) continue;
        const seller = found.get(station.id) ?? {
          ...{ ...stopAt(station), station, distanceLy: distanceLy ?? 0, offers: {} },
        };
        found.set(station.id, seller);
        seller.offers[symbol] = { price: quote.supplyPrice, stock: quote.supplyUnits };
        stock += quote.supplyUnits;
      }
      seen += page.entries.length;
      after = page.next;
    } while (after !== null && seen < MOST && stock < ENOUGH * tonnes);
  };
  await Promise.all(wanted.map(search));
  return [...found.values()];
}

/** Those from which most of what is wanted comes in a second of a flight there and back, the best first. */
export function topSuppliers(
  sellers: readonly FoundSeller[],
  wanted: readonly Wanted[],
  flight: { readonly capacity: number; readonly jumpRangeLy: number; readonly times: TravelTimes },
): FoundSeller[] {
  const rated = sellers.map((seller) => {
    const tonnes = wanted.reduce(
      (sum, { symbol, tonnes: needed }) => sum + Math.min(needed, seller.offers[symbol]?.stock ?? 0),
      0,
    );
    const seconds = legSeconds(seller, flight.jumpRangeLy, flight.times);
    return { seller, rate: Math.min(flight.capacity, tonnes) / seconds };
  });
  return rated.sort((a, b) => b.rate - a.rate).map(({ seller }) => seller);
}
