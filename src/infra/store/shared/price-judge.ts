import { isCarrier } from '../../../domain/galaxy/stations/station-state.ts';
import type { Generation } from '../../../domain/generation.ts';
import {
  isImplausibleSql,
  priceRatio,
  usualPrices,
  type UsualPrices,
} from '../../../domain/market/plausibility.ts';

/** Rows that the usual prices are made of: of some 300 markets. */
const SAMPLE_ROWS = 30_000;
/** Prices change in days. */
const RENEW_MS = 60 * 60_000;
/** While there are fewer, they are looked at whenever twice as many markets have been written. */
const FIRST_MARKETS = 50;

/**
 * The markets seen last, carriers among them, whose owners set the prices. In the words both databases have; an index
 * tells which these are, else MariaDB sorts the whole table.
 */
export const SELECT_SAMPLE = `SELECT si.item_id, si.demand_price, si.supply_price, st.type_id
  FROM (SELECT DISTINCT station_id FROM
         (SELECT station_id FROM StationItem ORDER BY modified DESC LIMIT ${SAMPLE_ROWS}) newest) seen
  JOIN StationItem si ON si.station_id = seen.station_id
  JOIN Station st ON st.station_id = seen.station_id`;

/** How many markets are implausible. @param newestS epoch seconds of the rows of station `p` */
export function countImplausibleSql(newestS: string): string {
  return `SELECT COUNT(*) FROM tdl_price p WHERE ${isImplausibleSql('p.ratio')} AND p.observed_s = ${newestS}`;
}

/** Judges the prices of markets while they are written, by what other markets ask. */
export class PriceJudge {
  #usual: UsualPrices = new Map();
  #judged = 0;
  #renewAtMarkets = 0;
  #renewAtMs = 0;

  /** Whether the sample is to be read (again). */
  get isDue(): boolean {
    return this.#judged >= this.#renewAtMarkets || performance.now() >= this.#renewAtMs;
  }

  /** Whatever becomes of the look at the sample: the next one is in an hour, if not told otherwise. */
  postpone(): void {
    this.#renewAtMs = performance.now() + RENEW_MS;
    this.#renewAtMarkets = Infinity;
  }

  /** @param sample rows of {@link SELECT_SAMPLE} */
  renew(sample: readonly (readonly unknown[])[], generation: Generation): void {
    this.postpone();
    if (sample.length < SAMPLE_ROWS) this.#renewAtMarkets = Math.max(FIRST_MARKETS, 2 * this.#judged);
    this.#usual = usualPrices(
      sample.flatMap(([itemId, demand, supply, typeId]) =>
        isCarrier(Number(typeId), generation)
          ? []
          : [{ itemId: Number(itemId), demand: Number(demand), supply: Number(supply) }],
      ),
    );
  }

  /** As `priceRatio`. */
  ratioOf(rows: Int32Array): number | null {
    this.#judged++;
    return priceRatio(rows, this.#usual);
  }
}
