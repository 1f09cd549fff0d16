import type { Ages } from '../../galaxy/search.ts';
import type { StationFilter } from '../../galaxy/station-filter.ts';
import type { Queries, StationRecord } from '../../ports/store/queries.ts';
import type { Quote } from '../../galaxy/quotes.ts';

export interface Seller {
  readonly station: StationRecord;
  readonly quote: Quote;
  readonly distanceLy: number | null;
}

/** Who sells a good; null: nobody that fits. */
export interface Supply {
  readonly nearest: Seller | null;
  readonly cheapest: Seller | null;
  readonly freshest: Seller | null;
  /** Markets that sell it. */
  readonly sellers: number;
  /** Tonnes that the cheapest thousand have. */
  readonly stock: number;
}

const MOST = 1_000;

/** Where a good can be bought; never at a construction site, which only takes. */
export async function supplyOf(
  queries: Pick<Queries, 'trades'>,
  itemId: number,
  filter: StationFilter & Ages,
): Promise<Supply> {
  const ask = (sort: 'price' | 'distance' | 'age', limit: number) =>
    queries.trades(
      itemId,
      { ...filter, exceptGroups: ['construction'], side: 'supply', minUnits: 1, sort },
      { limit, after: null },
    );
  const [byPrice, byDistance, byAge] = await Promise.all([
    ask('price', MOST),
    ask('distance', 1),
    ask('age', 1),
  ]);
  return {
    nearest: byDistance.entries[0] ?? null,
    cheapest: byPrice.entries[0] ?? null,
    freshest: byAge.entries[0] ?? null,
    sellers: byPrice.total,
    stock: byPrice.entries.reduce((sum, { quote }) => sum + quote.supplyUnits, 0),
  };
}
