import { z } from 'zod';
import type { StationFilter } from '../../../../domain/galaxy/stations/station-filter.ts';
import type { Position } from '../../../../domain/galaxy/galaxy.ts';
import type { Side } from '../../../../domain/galaxy/quotes.ts';
import type { TradeFilter } from '../../../../domain/galaxy/search.ts';

const DAY_S = 86_400;

/** Ardent's code says 90, its documentation 30. */
const MAX_DAYS_AGO = 90;

export const NEARBY = { distance: 100, maxDistance: 500, results: 1_000 } as const;
export const GALAXY = { maxDistance: 1_000, results: 100 } as const;
export const NEAREST_RESULTS = 20;
export const SEARCH_RESULTS = 25;

const whole = z.coerce.number().transform(Math.trunc).pipe(z.int().min(0));

/** `1`, `true`, `0`, `false`; anything else is no answer. */
const carriers = z
  .string()
  .transform((text) => ({ '1': true, true: true, '0': false, false: false })[text.trim().toLowerCase()]);

export const commodityQuery = z.object({
  minVolume: whole.default(1),
  minPrice: whole.default(1),
  maxPrice: whole.optional(),
  fleetCarriers: carriers.optional(),
  maxDaysAgo: whole.default(MAX_DAYS_AGO),
  maxDistance: whole.optional(),
  sort: z.string().optional(),
  systemName: z.string().optional(),
  systemAddress: z.string().optional(),
});

export type CommodityQuery = z.output<typeof commodityQuery>;

export const nearbyQuery = z.object({ maxDistance: whole.default(NEARBY.distance) });
export const nearestQuery = z.object({ minLandingPadSize: z.coerce.number().int().min(1).max(3).default(1) });

/** Days count from midnight to midnight: what was seen on a later day than so many days ago is taken. */
function seenAfterS(maxDaysAgo: number, nowMs: number): number {
  const today = Math.floor(nowMs / 1000 / DAY_S);
  return Math.max(0, today - maxDaysAgo + 1) * DAY_S;
}

/** Distances are compared in whole light years. */
export function within(point: Position, maxDistance: number) {
  const { x, y, z: depth } = point;
  return { x, y, z: depth, withinLy: maxDistance + 0.5 - 1e-9 };
}

/** Buyers for imports (`demand`), sellers for exports (`supply`). */
export function tradeFilter(side: Side, query: CommodityQuery, nowMs: number): TradeFilter {
  const { minVolume, minPrice, maxPrice, fleetCarriers, maxDaysAgo } = query;
  const shared: StationFilter = fleetCarriers === undefined ? {} : { carriers: fleetCarriers };
  const filter = {
    ...shared,
    sort: 'price',
    minUnits: minVolume,
    seenAfterS: seenAfterS(maxDaysAgo, nowMs),
  } as const;
  return side === 'demand'
    ? { ...filter, side, minPrice, orNoUnits: true }
    : { ...filter, side, ...(maxPrice !== undefined && { maxPrice }) };
}
