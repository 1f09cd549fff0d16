import { watchesStation, type Watch } from '../../domain/push/watch.ts';
import type { MarketRecord, Queries } from '../../domain/ports/store/queries.ts';

/** Markets of a snapshot, at most. */
const MAX_MARKETS = 200;

/**
 * The markets that are watched, as they are now: those that are named, those of a system, the nearest ones of a place.
 * Where none of them is named there are too many, and the first changes tell.
 */
export async function snapshotOf(
  queries: Pick<Queries, 'markets' | 'stations'>,
  watch: Watch,
): Promise<{ readonly markets: readonly MarketRecord[]; readonly isComplete: boolean }> {
  const ids = new Set<number>();
  let isComplete = true;
  const { marketIds, systemIds, near } = watch;
  if (marketIds !== undefined) {
    for (const id of marketIds) ids.add(id);
  } else if (systemIds !== undefined || near !== undefined) {
    const places = systemIds === undefined ? [{}] : [...systemIds].map((systemId) => ({ systemId }));
    for (const place of places) {
      const filter = { ...place, ...(near !== undefined && { near }) };
      const page = await queries.stations(filter, { limit: MAX_MARKETS, after: null });
      isComplete &&= page.next === null;
      for (const { station } of page.entries) if (station.marketAtS !== null) ids.add(station.id);
    }
  } else {
    isComplete = false;
  }
  const some = [...ids].slice(0, MAX_MARKETS);
  const markets = some.length === 0 ? [] : await queries.markets(some);
  return {
    markets: markets.filter(({ station }) => watchesStation(watch, station)),
    isComplete: isComplete && some.length === ids.size,
  };
}
