import type { Ages } from '../../galaxy/search.ts';
import { isPlausible } from '../../market/plausibility.ts';
import type { StationFilter } from '../../galaxy/stations/station-filter.ts';
import type { Queries, StationRecord } from '../../ports/store/queries.ts';
import { isConstruction } from '../book/construction.ts';
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
  /** Of the cheapest thousand, those whose prices no real market asks. */
  readonly implausibleSellers: number;
  /** Tonnes that the cheapest thousand have. */
  readonly stock: number;
}

const MOST = 1_000;
/** Nearest and freshest ones that are looked at, for some may be none. */
const FEW = 10;

/** A construction site only takes. Not every database knows the type of all. */
export function isSeller({ name, journalType }: StationRecord): boolean {
  return !isConstruction({ name, type: journalType, services: [] });
}

/** Where a good can be bought. */
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
    ask('distance', FEW),
    ask('age', FEW),
  ]);
  const sellers = byPrice.entries.filter(({ station }) => isSeller(station));
  const first = (entries: readonly Seller[]) => entries.find(({ station }) => isSeller(station)) ?? null;
  return {
    nearest: first(byDistance.entries),
    cheapest: sellers[0] ?? null,
    freshest: first(byAge.entries),
    sellers: byPrice.total - (byPrice.entries.length - sellers.length),
    implausibleSellers: sellers.filter(({ station }) => isPlausible(station.priceRatio) === false).length,
    stock: sellers.reduce((sum, { quote }) => sum + quote.supplyUnits, 0),
  };
}
