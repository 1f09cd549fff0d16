import { grown } from './columns.ts';

/** A point of the galaxy, light years. */
export interface Position {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function distanceLy(a: Position, b: Position): number {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}

/** What of a station the searches ask. Times are epoch seconds. */
export interface StationFacts {
  readonly id: number;
  /** id64; the system must be known. */
  readonly systemId: bigint;
  /** Null: unknown. */
  readonly lsFromStar: number | null;
  /** Place in `PADS`: 0 unknown, 1 small ... 3 large. */
  readonly pad: number;
  /** Null: unknown. */
  readonly isPlanetary: boolean | null;
  readonly typeId: number;
  /** The services it is known to have: a bit each, in the order of `STATION_SERVICES`. */
  readonly services: number;
  /** Newest observation of its market; 0: a market that nobody has seen; null: none. */
  readonly marketAtS: number | null;
  /** Of its market: domain/market/plausibility.ts; null: unknown. */
  readonly priceRatio: number | null;
}

/** Kept for "unknown" in the columns of numbers. */
const UNKNOWN = 0xffff_ffff;

/** In `seenAtS`: the station has no market any more. */
export const NO_MARKET = UNKNOWN;

/**
 * Systems and stations of the whole galaxy in columns: some 60 MB for 200,000 systems and 800,000 stations. A search
 * looks at every entry: that takes a millisecond for all markets, less than any index would cost to keep.
 */
export class Galaxy {
  systemCount = 0;
  systemIds = new BigInt64Array(0);
  x = new Float64Array(0);
  y = new Float64Array(0);
  z = new Float64Array(0);
  readonly #systems = new Map<bigint, number>();

  stationCount = 0;
  stationIds = new Float64Array(0);
  /** Index of the station's system. */
  systemOf = new Uint32Array(0);
  pad = new Uint8Array(0);
  typeId = new Uint8Array(0);
  /** 0 unknown, 1 no, 2 yes. */
  planetary = new Uint8Array(0);
  /** Bits as in {@link StationFacts.services}. */
  services = new Uint8Array(0);
  #ls = new Uint32Array(0);
  /** Place of the station in the columns of markets; UNKNOWN: it has none. */
  #marketOf = new Uint32Array(0);
  readonly #stations = new Map<number, number>();

  marketCount = 0;
  /** Index of the market's station. */
  stationOf = new Uint32Array(0);
  /** Newest observation, epoch seconds; 0: never seen; {@link NO_MARKET}. */
  seenAtS = new Uint32Array(0);
  /** Median of price / usual price; NaN: unknown. */
  #priceRatio = new Float64Array(0);

  /** Adds a system or moves it. */
  setSystem(id: bigint, { x, y, z }: Position): void {
    let index = this.#systems.get(id);
    if (index === undefined) {
      index = this.systemCount++;
      this.systemIds = grown(this.systemIds, this.systemCount);
      this.x = grown(this.x, this.systemCount);
      this.y = grown(this.y, this.systemCount);
      this.z = grown(this.z, this.systemCount);
      this.systemIds[index] = id;
      this.#systems.set(id, index);
    }
    this.x[index] = x;
    this.y[index] = y;
    this.z[index] = z;
  }

  /** Adds a station or replaces what is known of it. @returns false: its system is not known */
  setStation(facts: StationFacts): boolean {
    const system = this.#systems.get(facts.systemId);
    if (system === undefined) return false;
    let index = this.#stations.get(facts.id);
    if (index === undefined) {
      index = this.stationCount++;
      const count = this.stationCount;
      this.stationIds = grown(this.stationIds, count);
      this.systemOf = grown(this.systemOf, count);
      this.pad = grown(this.pad, count);
      this.typeId = grown(this.typeId, count);
      this.planetary = grown(this.planetary, count);
      this.services = grown(this.services, count);
      this.#ls = grown(this.#ls, count);
      this.#marketOf = grown(this.#marketOf, count);
      this.stationIds[index] = facts.id;
      this.#marketOf[index] = UNKNOWN;
      this.#stations.set(facts.id, index);
    }
    this.systemOf[index] = system;
    this.pad[index] = facts.pad;
    this.typeId[index] = facts.typeId;
    this.planetary[index] = facts.isPlanetary === null ? 0 : facts.isPlanetary ? 2 : 1;
    this.services[index] = facts.services;
    this.#ls[index] = facts.lsFromStar ?? UNKNOWN;
    this.#setMarket(index, facts.marketAtS, facts.priceRatio);
    return true;
  }

  #setMarket(station: number, atS: number | null, priceRatio: number | null): void {
    let market = this.#marketOf[station] ?? UNKNOWN;
    if (market === UNKNOWN) {
      if (atS === null) return;
      market = this.marketCount++;
      this.stationOf = grown(this.stationOf, this.marketCount);
      this.seenAtS = grown(this.seenAtS, this.marketCount);
      this.#priceRatio = grown(this.#priceRatio, this.marketCount);
      this.stationOf[market] = station;
      this.#marketOf[station] = market;
    }
    this.seenAtS[market] = atS ?? NO_MARKET;
    this.#priceRatio[market] = priceRatio ?? NaN;
  }

  /** Null: no such station. */
  stationIndex(id: number): number | null {
    return this.#stations.get(id) ?? null;
  }

  systemIndex(id: bigint): number | null {
    return this.#systems.get(id) ?? null;
  }

  /** Null: the station has no market. */
  marketIndex(station: number): number | null {
    const market = this.#marketOf[station] ?? UNKNOWN;
    return market === UNKNOWN ? null : market;
  }

  /** Null: unknown. */
  lsFromStar(station: number): number | null {
    const ls = this.#ls[station] ?? UNKNOWN;
    return ls === UNKNOWN ? null : ls;
  }

  /** Newest observation of the station's market, epoch seconds; null: never seen, or it has none. */
  marketAtS(station: number): number | null {
    const atS = this.seenAtS[this.#marketOf[station] ?? UNKNOWN] ?? 0;
    return atS === 0 || atS === NO_MARKET ? null : atS;
  }

  /** Of the station's market; null: unknown. */
  priceRatio(station: number): number | null {
    const ratio = this.#priceRatio[this.#marketOf[station] ?? UNKNOWN] ?? NaN;
    return Number.isNaN(ratio) ? null : ratio;
  }

  /** Light years from a point to a system. */
  distance(system: number, from: Position): number {
    const dx = (this.x[system] ?? NaN) - from.x;
    const dy = (this.y[system] ?? NaN) - from.y;
    const dz = (this.z[system] ?? NaN) - from.z;
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /** Bytes of the columns, without the two tables of ids. */
  get bytes(): number {
    return [
      this.systemIds,
      this.x,
      this.y,
      this.z,
      this.stationIds,
      this.systemOf,
      this.pad,
      this.typeId,
      this.planetary,
      this.services,
      this.#ls,
      this.#marketOf,
      this.stationOf,
      this.seenAtS,
      this.#priceRatio,
    ].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}
