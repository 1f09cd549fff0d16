import { PADS, type Pad } from './pads.ts';
import { isPlausible } from '../../market/plausibility.ts';
import type { Galaxy, Position } from '../galaxy.ts';
import type { StationGroup, StationKinds } from './station-types.ts';

/** Which stations a search takes; what is absent is not asked. A fact that is unknown fits no condition on it. */
export interface StationFilter {
  /** Light years around a point. */
  readonly near?: Position & { readonly withinLy: number };
  /** Around any of these points: a route. */
  readonly along?: readonly Position[];
  readonly alongWithinLy?: number;
  /** At least this large; unknown pads do not fit. */
  readonly minPad?: Pad;
  /** At most so many light seconds from the arrival star. */
  readonly maxLs?: number;
  /** true: only planetary ones; false: none of them. */
  readonly planetary?: boolean;
  /** true: only fleet carriers; false: none of them. */
  readonly carriers?: boolean;
  /** Only these kinds. */
  readonly groups?: readonly StationGroup[];
  /** None of these kinds; stations of unknown type stay. */
  readonly exceptGroups?: readonly StationGroup[];
  /** Only those known to have all of these services: bits as in `StationFacts.services`. */
  readonly services?: number;
  /** Only these. */
  readonly only?: ReadonlySet<number>;
  /** Only those whose market's prices are: true plausible, false not, null unknown. */
  readonly plausible?: readonly (boolean | null)[];
  /** Only in this system (id64). */
  readonly systemId?: bigint;
  /** Not in this system (id64). */
  readonly exceptSystemId?: bigint;
}

/** @returns the distance in ly of a station that fits (0 where no place was named), else -1 */
export type StationMatcher = (station: number) => number;

export function stationMatcher(galaxy: Galaxy, filter: StationFilter, kinds: StationKinds): StationMatcher {
  const { near, along, alongWithinLy = 0, minPad, maxLs, planetary, plausible } = filter;
  const { systemId, services = 0, only } = filter;
  const minPadAt = minPad === undefined ? 0 : PADS.indexOf(minPad);
  const isWanted = wantedTypes(filter, kinds);
  const onlySystem = systemId === undefined ? null : galaxy.systemIndex(systemId);
  const { exceptSystemId } = filter;
  const exceptSystem = exceptSystemId === undefined ? null : galaxy.systemIndex(exceptSystemId);
  const isNear = reach(galaxy, near, along, alongWithinLy);

  return (station) => {
    const system = galaxy.systemOf[station] ?? 0;
    if (systemId !== undefined && system !== onlySystem) return -1;
    if (system === exceptSystem) return -1;
    if ((galaxy.pad[station] ?? 0) < minPadAt) return -1;
    if (planetary !== undefined && galaxy.planetary[station] !== (planetary ? 2 : 1)) return -1;
    if (((galaxy.services[station] ?? 0) & services) !== services) return -1;
    if (only?.has(galaxy.stationIds[station] ?? 0) === false) return -1;
    if (isWanted[galaxy.typeId[station] ?? 0] === 0) return -1;
    if (maxLs !== undefined && (galaxy.lsFromStar(station) ?? Infinity) > maxLs) return -1;
    if (plausible?.includes(isPlausible(galaxy.priceRatio(station))) === false) return -1;
    return isNear(system);
  };
}

/** By type id: 1 where the kind is wanted. */
function wantedTypes({ carriers, groups, exceptGroups }: StationFilter, kinds: StationKinds): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, typeId) => {
    const group = kinds.get(typeId)?.group;
    if (carriers !== undefined && (group === 'carrier') !== carriers) return 0;
    if (groups !== undefined && (group === undefined || !groups.includes(group))) return 0;
    return group !== undefined && exceptGroups?.includes(group) === true ? 0 : 1;
  });
}

function reach(
  galaxy: Galaxy,
  near: StationFilter['near'],
  along: readonly Position[] | undefined,
  alongWithinLy: number,
): (system: number) => number {
  if (near !== undefined) {
    return (system) => {
      const ly = galaxy.distance(system, near);
      return ly <= near.withinLy ? ly : -1;
    };
  }
  if (along === undefined) return () => 0;
  return (system) => {
    const ly = Math.min(...along.map((point) => galaxy.distance(system, point)));
    return ly <= alongWithinLy ? ly : -1;
  };
}
