import { Best, type Cursor } from './best.ts';
import { NO_MARKET, type Galaxy, type Position } from './galaxy.ts';
import type { Quotes, Side } from './quotes.ts';
import { stationMatcher, type StationFilter } from './stations/station-filter.ts';
import type { StationKinds } from './stations/station-types.ts';

/** A page of a list. */
export interface PageRequest {
  readonly limit: number;
  /** Null: the first page. */
  readonly after: Cursor | null;
}

/** Indexes of what was found, best first. */
export interface Found {
  readonly indexes: readonly number[];
  /** All that fit, on every page. */
  readonly total: number;
  readonly next: Cursor | null;
}

/** Beside each market how many others of its system fit, on whatever page. */
export interface FoundMarkets extends Found {
  readonly moreInSystem: readonly number[];
}

/** Seconds since the epoch between which a market must have been seen; a market never seen is older than any. */
export interface Ages {
  readonly seenAfterS?: number;
  readonly seenBeforeS?: number;
}

/** What a seller or buyer must offer; units are tonnes, prices credits a tonne. */
export interface TradeFilter extends StationFilter, Ages {
  readonly side: Side;
  readonly minUnits?: number;
  /** 0 units fit, too: some take a demand of 0 for one without limit. */
  readonly orNoUnits?: boolean;
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly sort: 'price' | 'distance' | 'age';
}

function found(best: Best): Found {
  return { indexes: best.values, total: best.total, next: best.next };
}

/**
 * Sellers (`supply`) or buyers (`demand`) of a good: market indexes, cheapest seller or best paying buyer first, or
 * nearest, or freshest.
 */
export function findTrades(
  galaxy: Galaxy,
  quotes: Quotes,
  kinds: StationKinds,
  filter: TradeFilter,
  page: PageRequest,
): Found {
  const { side, sort, minUnits = 0, orNoUnits = false, minPrice = 0, maxPrice = Infinity } = filter;
  const { seenAfterS = 0, seenBeforeS = Infinity } = filter;
  const { price: prices, units } = quotes[side];
  const matches = stationMatcher(galaxy, filter, kinds);
  const best = new Best(page.limit, page.after);
  const markets = Math.min(galaxy.marketCount, prices.length);
  for (let market = 0; market < markets; market++) {
    const price = prices[market] ?? 0;
    if (price === 0 || price < minPrice || price > maxPrice) continue;
    const tonnes = units[market] ?? 0;
    if (tonnes < minUnits && !(orNoUnits && tonnes === 0)) continue;
    const atS = galaxy.seenAtS[market] ?? 0;
    if (atS < seenAfterS || atS > seenBeforeS) continue;
    const station = galaxy.stationOf[market] ?? 0;
    const ly = matches(station);
    if (ly < 0) continue;
    const key = sort === 'distance' ? ly : sort === 'age' ? -atS : side === 'supply' ? price : -price;
    best.offer(key, galaxy.stationIds[station] ?? 0, market);
  }
  return found(best);
}

/** Which markets a freshness question takes. */
export interface FreshnessFilter extends StationFilter, Ages {
  /** Markets that nobody has seen: among the others (as the oldest), only they, or none of them. */
  readonly neverSeen: 'included' | 'only' | 'excluded';
  readonly sort: 'oldest' | 'newest' | 'distance';
}

/** Market indexes by the age of what is known of them. */
export function findMarkets(
  galaxy: Galaxy,
  kinds: StationKinds,
  filter: FreshnessFilter,
  page: PageRequest,
): FoundMarkets {
  const { neverSeen, sort, seenAfterS = 0, seenBeforeS = Infinity } = filter;
  const matches = stationMatcher(galaxy, filter, kinds);
  const best = new Best(page.limit, page.after);
  const perSystem = new Uint32Array(galaxy.systemCount);
  const systemOf = (market: number) => galaxy.systemOf[galaxy.stationOf[market] ?? 0] ?? 0;
  for (let market = 0; market < galaxy.marketCount; market++) {
    const atS = galaxy.seenAtS[market] ?? 0;
    if (atS === NO_MARKET || (atS === 0 ? neverSeen === 'excluded' : neverSeen === 'only')) continue;
    if (atS < seenAfterS || atS > seenBeforeS) continue;
    const station = galaxy.stationOf[market] ?? 0;
    const ly = matches(station);
    if (ly < 0) continue;
    const system = systemOf(market);
    perSystem[system] = (perSystem[system] ?? 0) + 1;
    const key = sort === 'distance' ? ly : sort === 'newest' ? -atS : atS;
    best.offer(key, galaxy.stationIds[station] ?? 0, market);
  }
  const others = best.values.map((market) => (perSystem[systemOf(market)] ?? 1) - 1);
  return { ...found(best), moreInSystem: others };
}

/** How many markets were seen when. */
export interface AgeCounts {
  /** A number more than there were bounds: seen at or after the first one, ..., before the last one. */
  readonly seen: readonly number[];
  readonly neverSeen: number;
}

/** @param boundsS epoch seconds, newest first */
export function countAges(
  galaxy: Galaxy,
  kinds: StationKinds,
  filter: StationFilter,
  boundsS: readonly number[],
): AgeCounts {
  const matches = stationMatcher(galaxy, filter, kinds);
  const seen = Array.from({ length: boundsS.length + 1 }, () => 0);
  let neverSeen = 0;
  for (let market = 0; market < galaxy.marketCount; market++) {
    const atS = galaxy.seenAtS[market] ?? 0;
    if (atS === NO_MARKET || matches(galaxy.stationOf[market] ?? 0) < 0) continue;
    if (atS === 0) {
      neverSeen += 1;
      continue;
    }
    const bound = boundsS.findIndex((boundS) => atS >= boundS);
    const at = bound < 0 ? boundsS.length : bound;
    seen[at] = (seen[at] ?? 0) + 1;
  }
  return { seen, neverSeen };
}

/** Station indexes, nearest first; in order of their ids where no place is named. */
export function findStations(
  galaxy: Galaxy,
  kinds: StationKinds,
  filter: StationFilter,
  page: PageRequest,
): Found {
  const matches = stationMatcher(galaxy, filter, kinds);
  const best = new Best(page.limit, page.after);
  for (let station = 0; station < galaxy.stationCount; station++) {
    const ly = matches(station);
    if (ly >= 0) best.offer(ly, galaxy.stationIds[station] ?? 0, station);
  }
  return found(best);
}

/** System indexes, nearest first. */
export function findSystems(
  galaxy: Galaxy,
  near: Position & { readonly withinLy: number },
  page: PageRequest,
): Found {
  const best = new Best(page.limit, page.after);
  for (let system = 0; system < galaxy.systemCount; system++) {
    const ly = galaxy.distance(system, near);
    // The id orders systems of one distance; its place does where the number is too large to be exact.
    if (ly <= near.withinLy) best.offer(ly, Number(galaxy.systemIds[system] ?? 0n), system);
  }
  return found(best);
}

/** Prices of one side of a good at fresh markets. Null: nobody trades it. */
export interface PriceSpread {
  readonly markets: number;
  readonly units: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** 10th, 25th, 50th, 75th and 90th percentile. */
  readonly percentiles: readonly number[];
}

const PERCENTILES = [10, 25, 50, 75, 90] as const;

/**
 * Prices of a good over all markets that fit.
 * @param minUnits markets with less do not count: an empty stock has a price, too
 */
export function priceSpread(
  galaxy: Galaxy,
  quotes: Quotes,
  kinds: StationKinds,
  filter: StationFilter & Ages & { readonly side: Side; readonly minUnits?: number },
): PriceSpread | null {
  const { side, minUnits = 1, seenAfterS = 0, seenBeforeS = Infinity } = filter;
  const { price: prices, units: tonnes } = quotes[side];
  const matches = stationMatcher(galaxy, filter, kinds);
  const found: number[] = [];
  let units = 0;
  let sum = 0;
  const markets = Math.min(galaxy.marketCount, prices.length);
  for (let market = 0; market < markets; market++) {
    const price = prices[market] ?? 0;
    const tons = tonnes[market] ?? 0;
    const atS = galaxy.seenAtS[market] ?? 0;
    if (price === 0 || tons < minUnits || atS < seenAfterS || atS > seenBeforeS) continue;
    if (matches(galaxy.stationOf[market] ?? 0) < 0) continue;
    found.push(price);
    units += tons;
    sum += price;
  }
  if (found.length === 0) return null;
  const sorted = Uint32Array.from(found).sort();
  const at = (percent: number) => sorted[Math.round((percent / 100) * (sorted.length - 1))] ?? 0;
  return {
    markets: sorted.length,
    units,
    min: at(0),
    max: at(100),
    mean: Math.round(sum / sorted.length),
    percentiles: PERCENTILES.map(at),
  };
}
