import { distanceLy, type Position } from '../../galaxy/galaxy.ts';
import { jumpsFor, legSeconds, MEASURED_LS, type TravelTimes } from '../../galaxy/travel-time.ts';
import type { TourStop } from '../../tours/travel-problem.ts';

/** A market that sells something that is needed. */
export interface PlanSeller extends TourStop {
  /** By symbol: credits a tonne, tonnes in stock. */
  readonly offers: Readonly<Record<string, { readonly price: number; readonly stock: number }>>;
}

/** Where everything is brought. */
export type DeliveryPlace = Omit<TourStop, 'marketId'>;

/** What is to be bought, who sells it, and what it is carried with. */
export interface SupplyRequest {
  /** Tonnes that are needed, by symbol. */
  readonly needs: Readonly<Record<string, number>>;
  readonly sellers: readonly PlanSeller[];
  readonly to: DeliveryPlace;
  /** Tonnes a load, at least 1. */
  readonly capacity: number;
  /** With the cargo aboard. */
  readonly jumpRangeLy: number;
  readonly times: TravelTimes;
  /** Of what is left to chance. */
  readonly seed: number;
}

/** A leg of a load. */
export interface LoadLeg {
  readonly distanceLy: number;
  readonly jumps: number;
  /** From docked to docked, the market there read. */
  readonly seconds: number;
  /** The time rests on a distance from the star that is unknown, or farther than anybody has measured. */
  readonly isGuess: boolean;
}

/** Sellers and goods by their numbers, and how long it takes from one to another by the time model; -1 is where it is brought. */
export class LoadProblem {
  readonly goods: readonly string[];
  readonly sellers: readonly PlanSeller[];
  readonly capacity: number;
  readonly needs: Float64Array;
  /** By seller, then by good. */
  readonly stock: Float64Array;
  /** How many sell a good: what few sell is taken first. */
  readonly sellersOf: Float64Array;
  readonly #request: SupplyRequest;
  readonly #secondsOf: Float64Array;

  constructor(request: SupplyRequest) {
    const { needs, sellers, capacity } = request;
    this.#request = request;
    this.sellers = sellers;
    this.capacity = capacity;
    this.goods = Object.keys(needs);
    this.needs = Float64Array.from(this.goods, (symbol) => needs[symbol] ?? 0);
    this.stock = new Float64Array(sellers.length * this.goods.length);
    this.sellersOf = new Float64Array(this.goods.length);
    for (const [at, { offers }] of sellers.entries()) {
      for (const [good, symbol] of this.goods.entries()) {
        const stock = offers[symbol]?.stock ?? 0;
        this.stock[at * this.goods.length + good] = stock;
        if (stock > 0) this.sellersOf[good] = (this.sellersOf[good] ?? 0) + 1;
      }
    }
    this.#secondsOf = new Float64Array((sellers.length + 1) ** 2);
  }

  secondsOf(from: number, to: number): number {
    const at = (from + 1) * (this.sellers.length + 1) + to + 1;
    const known = this.#secondsOf[at] ?? 0;
    if (known > 0) return known;
    const { jumpRangeLy, times } = this.#request;
    const leg = { ...this.#place(to), distanceLy: distanceLy(this.#position(from), this.#position(to)) };
    const seconds = legSeconds(leg, jumpRangeLy, times);
    this.#secondsOf[at] = seconds;
    return seconds;
  }

  leg(from: number, to: number): LoadLeg {
    const { jumpRangeLy, times } = this.#request;
    const ly = distanceLy(this.#position(from), this.#position(to));
    return {
      distanceLy: ly,
      jumps: jumpsFor(ly, jumpRangeLy, times),
      seconds: this.secondsOf(from, to),
      isGuess: (this.#place(to).lsFromStar ?? Infinity) > MEASURED_LS,
    };
  }

  /** There, from one to the next, and back. */
  routeSeconds(stops: readonly number[]): number {
    let seconds = 0;
    let from = -1;
    for (const to of stops) {
      seconds += this.secondsOf(from, to);
      from = to;
    }
    return seconds + this.secondsOf(from, -1);
  }

  priceOf(seller: number, good: number): number {
    return this.sellers[seller]?.offers[this.goods[good] ?? '']?.price ?? 0;
  }

  #place(at: number): DeliveryPlace {
    return this.sellers[at] ?? this.#request.to;
  }

  #position(at: number): Position {
    return this.#place(at).position;
  }
}
