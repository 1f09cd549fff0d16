import { grown } from './columns.ts';

/** What one market says of one good. 0 = it does not trade it on that side; a level of -1 = unknown. */
export interface Quote {
  /** A station sells for it: what a commander pays, credits a tonne. */
  readonly supplyPrice: number;
  readonly supplyUnits: number;
  readonly supplyLevel: number;
  /** A station buys for it: what a commander gets, credits a tonne. */
  readonly demandPrice: number;
  readonly demandUnits: number;
  readonly demandLevel: number;
}

export type Side = 'supply' | 'demand';

/** One good at every market, by the market's index: the time of a quote is its market's. */
export class Quotes {
  readonly supply = new QuoteSide();
  readonly demand = new QuoteSide();

  at(market: number): Quote {
    const { supply, demand } = this;
    return {
      supplyPrice: supply.price[market] ?? 0,
      supplyUnits: supply.units[market] ?? 0,
      supplyLevel: supply.level[market] ?? 0,
      demandPrice: demand.price[market] ?? 0,
      demandUnits: demand.units[market] ?? 0,
      demandLevel: demand.level[market] ?? 0,
    };
  }

  set(market: number, quote: Quote | null): void {
    this.supply.set(market, quote?.supplyPrice ?? 0, quote?.supplyUnits ?? 0, quote?.supplyLevel ?? 0);
    this.demand.set(market, quote?.demandPrice ?? 0, quote?.demandUnits ?? 0, quote?.demandLevel ?? 0);
  }
}

/** Prices, units and levels by the market's index. */
class QuoteSide {
  price = new Uint32Array(0);
  units = new Uint32Array(0);
  level = new Int8Array(0);

  set(market: number, price: number, units: number, level: number): void {
    if (market >= this.price.length) {
      if (price === 0) return;
      this.price = grown(this.price, market + 1);
      this.units = grown(this.units, market + 1);
      this.level = grown(this.level, market + 1);
    }
    this.price[market] = price;
    this.units[market] = units;
    this.level[market] = level;
  }

  get bytes(): number {
    return this.price.byteLength + this.units.byteLength + this.level.byteLength;
  }
}
