/**
 * How long a leg takes, from docked to docked and the market read. Measured on one player's journals (2023-25, 759 legs):
 * median error 15 %, 90 % of legs within 40 %, total 7.7 % low. Cruises beyond 10,000 ls are guesses.
 */
export interface Leg {
  readonly distanceLy: number;
  /** Of the station that is flown to; null: unknown. */
  readonly lsFromStar: number | null;
  /** Null: unknown, and taken for a station in space. */
  readonly isPlanetary: boolean | null;
  readonly isCarrier: boolean;
}

/** What legs are reckoned with: seconds, medians. */
export interface TravelTimes {
  readonly undockedToHyperspaceS: number;
  readonly hyperspaceS: number;
  readonly jumpToJumpS: number;
  /** Docked to undocked with the market opened. */
  readonly marketS: number;
  /** From the last jump to the pad: base + perLogLs * ln(ls). */
  readonly arrivalSpaceS: { readonly base: number; readonly perLogLs: number };
  readonly arrivalPlanetaryS: { readonly base: number; readonly perLogLs: number };
  /** Undocked to docked in the same system. */
  readonly sameSystemS: { readonly space: number; readonly carrier: number; readonly planetary: number };
  /** A route is longer than the straight line: times this. */
  readonly routeFactor: number;
  /** Taken for a distance to the star that is unknown. */
  readonly unknownLs: number;
}

/** Measured: one player's journals, 2023-25; how many of each in docs/tours.md. */
export const TRAVEL_TIMES: TravelTimes = {
  undockedToHyperspaceS: 52,
  hyperspaceS: 18,
  jumpToJumpS: 60,
  marketS: 44,
  arrivalSpaceS: { base: 146, perLogLs: 14.7 },
  arrivalPlanetaryS: { base: 166, perLogLs: 27.6 },
  sameSystemS: { space: 226, carrier: 207, planetary: 404 },
  routeFactor: 1.15,
  unknownLs: 500,
};

/** Nobody has measured farther cruises: seconds that players name, by ls. */
const FAR_CRUISES = [
  { ls: 10_000, s: 170 },
  { ls: 100_000, s: 385 },
  { ls: 1_000_000, s: 1_165 },
] as const;

/** Beyond this many light seconds from the star a time is a guess. */
export const MEASURED_LS = FAR_CRUISES[0].ls;

/** @param jumpRangeLy with the cargo aboard, above 0 */
export function jumpsFor(distanceLy: number, jumpRangeLy: number, times = TRAVEL_TIMES): number {
  return Math.ceil((times.routeFactor * distanceLy) / jumpRangeLy);
}

/** Seconds of a leg. */
export function legSeconds(leg: Leg, jumpRangeLy: number, times = TRAVEL_TIMES): number {
  return secondsOf(leg, jumpsFor(leg.distanceLy, jumpRangeLy, times), times);
}

/** What the arrival is reckoned as; one of unknown kind is taken for a station in space. */
export function arrivalKind({ isCarrier, isPlanetary }: Pick<Leg, 'isCarrier' | 'isPlanetary'>) {
  return isCarrier ? 'carrier' : isPlanetary === true ? 'planetary' : 'space';
}

/** Seconds of a leg of so many jumps. */
export function secondsOf(leg: Omit<Leg, 'distanceLy'>, jumps: number, times = TRAVEL_TIMES): number {
  const { sameSystemS, arrivalSpaceS, arrivalPlanetaryS, marketS } = times;
  const kind = arrivalKind(leg);
  if (jumps === 0) return sameSystemS[kind] + marketS;
  const { base, perLogLs } = kind === 'planetary' ? arrivalPlanetaryS : arrivalSpaceS;
  const ls = Math.max(1, leg.lsFromStar ?? times.unknownLs);
  const arrivalS = base + perLogLs * Math.log(Math.min(ls, MEASURED_LS)) + farCruiseS(ls);
  const { undockedToHyperspaceS, hyperspaceS, jumpToJumpS } = times;
  return undockedToHyperspaceS + hyperspaceS + (jumps - 1) * jumpToJumpS + arrivalS + marketS;
}

/** What a cruise takes longer than one as far as has been measured; straight lines between the logarithms. */
function farCruiseS(ls: number): number {
  const beyond = FAR_CRUISES.findIndex((known) => known.ls >= ls);
  const at = beyond < 0 ? FAR_CRUISES.length - 1 : beyond;
  const [near, far] = [FAR_CRUISES[at - 1], FAR_CRUISES[at]];
  if (near === undefined || far === undefined) return 0;
  const slope = Math.log(far.s / near.s) / Math.log(far.ls / near.ls);
  return near.s * (ls / near.ls) ** slope - FAR_CRUISES[0].s;
}
