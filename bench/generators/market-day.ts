import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import type { SeenMarket } from '../../src/domain/ports/store/queries.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { GOODS } from './markets.ts';

/** Rows of small and large markets; 190 on average. */
const SMALL = 90;
const LARGE = 350;
const LARGE_SHARE = 0.385;

/** Markets as commanders visit them in a day: a few very often, most once. */
export class MarketDay {
  readonly #random = new SeededRandom(21);
  readonly #rows: Int32Array[];
  readonly markets: number;

  /** @param markets that are visited at all */
  constructor(markets: number) {
    this.markets = markets;
    this.#rows = Array.from({ length: markets }, () => this.#fresh());
  }

  id(market: number): number {
    return 128_000_000 + market * 256;
  }

  seen(market: number, observedAtS: number): SeenMarket {
    return { marketId: this.id(market), observedAtS, isCarrier: false, rows: this.#rows[market]!.slice() };
  }

  /** One of them, the first ones most often. */
  pick(): number {
    // The first third has half of the visits.
    return Math.floor((this.#random.integer(0, 999_999) / 1_000_000) ** 1.5 * this.markets);
  }

  /** In so many of its rows the price is another one. */
  move(market: number, share: number): void {
    const rows = this.#rows[market]!;
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      if (!this.#random.chance(share)) continue;
      const column = rows[at + ROW.supplyPrice] === 0 ? ROW.demandPrice : ROW.supplyPrice;
      const price = rows[at + column]!;
      rows[at + column] = Math.max(1, price + Math.round((price * this.#random.integer(-30, 30)) / 1_000));
      rows[at + column + 1] = this.#random.integer(1, 40_000);
    }
  }

  #fresh(): Int32Array {
    const count = this.#random.chance(LARGE_SHARE) ? LARGE : SMALL;
    const first = this.#random.integer(0, GOODS.length - count);
    const rows = new Int32Array(count * ROW_WIDTH);
    for (let i = 0; i < count; i++) {
      const column = this.#random.chance(0.3) ? ROW.supplyPrice : ROW.demandPrice;
      // Every good has a price of its own, which markets vary.
      const price = Math.round(
        (100 + (((first + i) * 7_919) % 50_000)) * (0.9 + this.#random.integer(0, 200) / 1_000),
      );
      rows[i * ROW_WIDTH + ROW.itemId] = GOODS[first + i]!.id;
      rows.set([price, this.#random.integer(1, 40_000), this.#random.integer(1, 3)], i * ROW_WIDTH + column);
    }
    return rows;
  }
}
