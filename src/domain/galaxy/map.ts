import { NO_MARKET, type Galaxy } from './galaxy.ts';
import type { Quotes, Side } from './quotes.ts';
import type { Ages } from './search.ts';
import { stationMatcher, type StationFilter } from './stations/station-filter.ts';
import type { StationKinds } from './stations/station-types.ts';

/** Which markets a map shows. */
export interface MapFilter extends StationFilter, Ages {
  /** Only where this good is sold (`supply`) or bought, and there is some, or some is wanted. */
  readonly good?: { readonly itemId: number; readonly side: Side };
}

/** Markets in columns, in the order of their ids. */
export interface MarketMap {
  readonly marketIds: Float64Array;
  /** Light years from Sol. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  /** Newest observation, epoch seconds; 0: never seen. */
  readonly seenAtS: Uint32Array;
}

/** @param quotes of the good, where one is asked for */
export function mapMarkets(
  galaxy: Galaxy,
  kinds: StationKinds,
  filter: MapFilter,
  quotes: Quotes | null,
): MarketMap {
  const { good, seenAfterS = 0, seenBeforeS = Infinity } = filter;
  const units = good === undefined || quotes === null ? null : quotes[good.side].units;
  const matches = stationMatcher(galaxy, filter, kinds);
  const ids: number[] = [];
  for (let market = 0; market < galaxy.marketCount; market++) {
    const atS = galaxy.seenAtS[market] ?? 0;
    if (atS === NO_MARKET || atS < seenAfterS || atS > seenBeforeS) continue;
    if (units !== null && (units[market] ?? 0) === 0) continue;
    const station = galaxy.stationOf[market] ?? 0;
    if (matches(station) >= 0) ids.push(galaxy.stationIds[station] ?? 0);
  }
  const marketIds = Float64Array.from(ids).sort();
  const stations = Uint32Array.from(marketIds, (id) => galaxy.stationIndex(id) ?? 0);
  const at = (axis: Float64Array) =>
    Float32Array.from(stations, (station) => axis[galaxy.systemOf[station] ?? 0] ?? NaN);
  return {
    marketIds,
    ...{ x: at(galaxy.x), y: at(galaxy.y), z: at(galaxy.z) },
    seenAtS: stations.map((station) => galaxy.seenAtS[galaxy.marketIndex(station) ?? 0] ?? 0),
  };
}
