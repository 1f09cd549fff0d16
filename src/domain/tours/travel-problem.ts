import { distanceLy, type Position } from '../galaxy/galaxy.ts';
import { jumpsFor, legSeconds, MEASURED_LS, type TravelTimes } from '../galaxy/travel-time.ts';
import type { TourProblem } from './problem.ts';

/** A market that somebody is to look at. */
export interface TourStop {
  readonly marketId: number;
  readonly position: Position;
  /** Null: unknown. */
  readonly lsFromStar: number | null;
  readonly isPlanetary: boolean | null;
  readonly isCarrier: boolean;
}

/** Who flies. */
export interface Commander {
  readonly name: string;
  readonly start: Position;
  /** Where he is docked; null: somewhere in the system. */
  readonly startMarketId: number | null;
  /** With the cargo aboard. */
  readonly jumpRangeLy: number;
  /** How many times the model he takes; undefined: 1. */
  readonly pace?: number;
}

/** Names of commanders, in any spelling. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The legs of commanders by the time model. */
export class TravelProblem implements TourProblem {
  readonly stops: number;
  readonly commanders: number;
  readonly #stops: readonly TourStop[];
  readonly #commanders: readonly Commander[];
  readonly #times: TravelTimes;
  readonly #returns: boolean;

  /** @param returns whether tours end where they started */
  constructor(
    stops: readonly TourStop[],
    commanders: readonly Commander[],
    times: TravelTimes,
    returns: boolean,
  ) {
    this.stops = stops.length;
    this.commanders = commanders.length;
    this.#stops = stops;
    this.#commanders = commanders;
    this.#times = times;
    this.#returns = returns;
  }

  firstS(commander: number, to: number): number {
    return this.#isThere(commander, to)
      ? this.#times.marketS * paceOf(this.#commander(commander))
      : this.#seconds(commander, this.#commander(commander).start, this.#stop(to));
  }

  legS(commander: number, from: number, to: number): number {
    return this.#seconds(commander, this.#stop(from).position, this.#stop(to));
  }

  /** The market at the end has been read, and that at the start is not read again: as far as to any station in space. */
  lastS(commander: number, from: number): number {
    if (!this.#returns || this.#isThere(commander, from)) return 0;
    const home = { position: this.#commander(commander).start, lsFromStar: null, isPlanetary: null };
    const readS = this.#times.marketS * paceOf(this.#commander(commander));
    return this.#seconds(commander, this.#stop(from).position, { ...home, isCarrier: false }) - readS;
  }

  /** Light years and jumps of a leg; `from` null: from the start. */
  distance(commander: number, from: number | null, to: number): { ly: number; jumps: number } {
    const { start, jumpRangeLy } = this.#commander(commander);
    const ly = distanceLy(from === null ? start : this.#stop(from).position, this.#stop(to).position);
    return { ly, jumps: jumpsFor(ly, jumpRangeLy, this.#times) };
  }

  /** Whether the time to a stop rests on a cruise that nobody has measured, or on a distance nobody knows. */
  isGuess(to: number): boolean {
    return (this.#stop(to).lsFromStar ?? Infinity) > MEASURED_LS;
  }

  #isThere(commander: number, stop: number): boolean {
    return this.#commander(commander).startMarketId === this.#stop(stop).marketId;
  }

  #seconds(commander: number, from: Position, to: Omit<TourStop, 'marketId'>): number {
    const leg = { ...to, distanceLy: distanceLy(from, to.position) };
    const flier = this.#commander(commander);
    return legSeconds(leg, flier.jumpRangeLy, this.#times) * paceOf(flier);
  }

  #stop(at: number): TourStop {
    return known(this.#stops[at]);
  }

  #commander(at: number): Commander {
    return known(this.#commanders[at]);
  }
}

function paceOf({ pace = 1 }: Commander): number {
  return pace;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('no such stop or commander');
  return value;
}
