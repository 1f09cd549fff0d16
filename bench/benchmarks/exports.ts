import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import { compare, type Contender } from '../harness/measure.ts';
import type { Comparison, RunOptions } from '../harness/types.ts';

export const SCOPES = ['all', 'live'] as const;

/** The columns of the listings, in their order. @param epoch SQL of the time in seconds */
export function listingsSql(scope: (typeof SCOPES)[number], epoch: string): string {
  return `SELECT station_id, item_id, supply_units, supply_level, supply_price, demand_price, demand_units,
    demand_level, ${epoch} FROM StationItem ${scope === 'live' ? 'WHERE from_live = 1' : ''}
    ORDER BY station_id, item_id`;
}

/** Both listings beside the same rows read in the cheapest way; what is read is thrown away on both sides. */
export async function compareExports(
  store: MarketStore,
  limit: (scope: (typeof SCOPES)[number]) => Contender,
  options: RunOptions,
  others: readonly number[] = [],
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const scope of SCOPES) {
    const run = () => store.exportListings(scope, () => Promise.resolve());
    const { rows } = await run();
    const measured = await compare(options, { run, others }, [limit(scope)]);
    const name = scope === 'all' ? 'listings.csv' : 'listings-live.csv, one station in three';
    comparisons.push({ name, amount: rows, unit: 'rows', budget: 0.75, ...measured });
  }
  return comparisons;
}
