import type { StationFilter } from '../../../domain/galaxy/stations/station-filter.ts';
import type { StationGroup } from '../../../domain/galaxy/stations/station-types.ts';
import { serviceBits, type Queries, type StationService } from '../../../domain/ports/store/queries.ts';
import type { ApiDeps } from './deps.ts';
import * as parameters from './parameters.ts';
import { resolvePlace } from './places.ts';

/** Where to look, and at which stations: the parameters of every search. */
export const searchParameters = (withinLy: number) => ({
  near: parameters.place.optional(),
  within: parameters.within(withinLy),
  ...parameters.stationConditions,
});

type Kinds = 'included' | 'excluded' | 'only';

interface SearchQuery {
  readonly near?: string | undefined;
  readonly within: number;
  readonly minPad?: 'S' | 'M' | 'L' | undefined;
  readonly maxLs?: number | undefined;
  readonly planetary: Kinds;
  readonly carriers: Kinds;
  readonly groups?: readonly StationGroup[] | undefined;
  readonly services?: readonly StationService[] | undefined;
  readonly plausible?: readonly ('true' | 'false' | 'unknown')[] | undefined;
}

/** A search as the queries take it. @throws ApiError: no such place */
export async function stationFilter(deps: ApiDeps, query: SearchQuery): Promise<StationFilter> {
  const { near, within, minPad, maxLs, planetary, carriers, groups, services, plausible } = query;
  const { queries } = deps;
  const point = near === undefined ? undefined : await pointOf(queries, near);
  return defined({
    near: point === undefined ? undefined : { ...point, withinLy: within },
    ...{ minPad, maxLs, groups },
    planetary: wanted(planetary),
    carriers: wanted(carriers),
    plausible: plausible?.map((each) => (each === 'unknown' ? null : each === 'true')),
    services: services === undefined ? undefined : serviceBits(services),
  });
}

/** Undefined: both. */
function wanted(kinds: Kinds): boolean | undefined {
  return kinds === 'included' ? undefined : kinds === 'only';
}

async function pointOf(queries: Queries, near: string) {
  const { x, y, z } = await resolvePlace(queries, near);
  return { x, y, z };
}

/** Points of a route. */
export async function route(queries: Queries, along: readonly string[]) {
  const points = [];
  for (const name of along) points.push(await pointOf(queries, name));
  return points;
}

export const maxAge = parameters.durationS.optional().describe('Only markets seen within this time: 12h, 7d');

/** Seconds since the epoch after which something is no older than that. */
export function seenAfter(deps: ApiDeps, maxAgeS: number | undefined): { readonly seenAfterS?: number } {
  return maxAgeS === undefined ? {} : { seenAfterS: Math.floor(deps.now() / 1000) - maxAgeS };
}

/** Seconds since the epoch before which something is at least so old. */
export function seenBefore(deps: ApiDeps, olderThanS: number): { readonly seenBeforeS: number };
export function seenBefore(deps: ApiDeps, olderThanS: number | undefined): { readonly seenBeforeS?: number };
export function seenBefore(deps: ApiDeps, olderThanS: number | undefined) {
  return olderThanS === undefined ? {} : { seenBeforeS: Math.floor(deps.now() / 1000) - olderThanS };
}

/** Entries that are undefined are left out. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function defined<T extends object>(entries: T): Defined<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Defined<T>;
}
