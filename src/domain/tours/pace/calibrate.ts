import { arrivalKind, secondsOf, type TravelTimes } from '../../galaxy/travel-time.ts';
import type { FlownLeg, FlownTimes } from './journal-legs.ts';

/** Fewer say nothing. */
const LEAST_LEGS = 5;

/** How well times fit legs that were flown; markets are not counted. Parts: 0.1 is 10 %. */
export interface Fit {
  readonly legs: number;
  /** Half of the legs are nearer. */
  readonly medianError: number;
  /** All together, reckoned beside flown: below 0, too short. */
  readonly total: number;
}

/** Null: there are no legs. */
export function fitOf(legs: readonly FlownLeg[], times: TravelTimes): Fit | null {
  return fitOfTimes(legs.map((leg) => ({ reckonedS: flightS(leg, times), takenS: leg.seconds })));
}

/** Null: there are none. */
export function fitOfTimes(
  times: readonly { readonly reckonedS: number; readonly takenS: number }[],
): Fit | null {
  if (times.length === 0) return null;
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  return {
    legs: times.length,
    medianError: median(times.map(({ reckonedS, takenS }) => Math.abs(reckonedS / takenS - 1))),
    total: sum(times.map(({ reckonedS }) => reckonedS)) / sum(times.map(({ takenS }) => takenS)) - 1,
  };
}

/** The times with the medians of one commander, where there are enough of them. */
export function calibrated({ legs, stays }: FlownTimes, times: TravelTimes): TravelTimes {
  const own = (kind: keyof TravelTimes['sameSystemS']) => {
    const flown = legs.filter((leg) => leg.jumps === 0 && arrivalKind(leg) === kind);
    return flown.length < LEAST_LEGS ? times.sameSystemS[kind] : median(flown.map(({ seconds }) => seconds));
  };
  const late = (isPlanetary: boolean) => {
    const flown = legs.filter((leg) => leg.jumps > 0 && (arrivalKind(leg) === 'planetary') === isPlanetary);
    if (flown.length < LEAST_LEGS) return 0;
    return median(flown.map((leg) => leg.seconds - flightS(leg, times)));
  };
  const moved = ({ base, perLogLs }: TravelTimes['arrivalSpaceS'], byS: number) => ({
    base: Math.max(0, Math.round(base + byS)),
    perLogLs,
  });
  return {
    ...times,
    marketS: stays.length < LEAST_LEGS ? times.marketS : median(stays),
    sameSystemS: { space: own('space'), carrier: own('carrier'), planetary: own('planetary') },
    arrivalSpaceS: moved(times.arrivalSpaceS, late(false)),
    arrivalPlanetaryS: moved(times.arrivalPlanetaryS, late(true)),
  };
}

function flightS(leg: FlownLeg, times: TravelTimes): number {
  return secondsOf(leg, leg.jumps, times) - times.marketS;
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
