import { expect } from 'vitest';
import type { StreamEvent } from './event-reader.ts';

interface Prices {
  readonly buyPrice: number | null;
  readonly sellPrice: number | null;
}

interface ToldMarket {
  readonly marketId: number;
  readonly isWhole?: boolean;
  readonly rows: readonly (Prices & { readonly commodityId: number; readonly previous?: Prices | null })[];
}

/** Puts together what a subscriber is told, over all his connections, and sees that nothing comes twice or late. */
export class Follower {
  /** Where he resumes. */
  lastId: string | null = null;
  snapshots = 0;
  /** Prices by market and good. */
  readonly markets = new Map<number, ReadonlyMap<number, Prices>>();
  #lastSeq = -1;
  /** Of what was told of a market. */
  readonly #toldSeq = new Map<number, number>();

  take(events: StreamEvent[]): void {
    for (const { event, data, id } of events.splice(0)) {
      if (id === null) continue;
      const seq = Number(/:(\d+)/.exec(id)?.[1]);
      expect(seq, 'places ascend').toBeGreaterThanOrEqual(this.#lastSeq);
      this.#lastSeq = seq;
      this.lastId = id;
      if (event === 'snapshot') this.#begin((data as { markets: ToldMarket[] }).markets);
      else if (event === 'market') this.#change(data as unknown as ToldMarket, seq);
    }
  }

  #begin(markets: readonly ToldMarket[]): void {
    this.snapshots += 1;
    this.markets.clear();
    this.#toldSeq.clear();
    for (const { marketId, rows } of markets) {
      this.markets.set(marketId, new Map(rows.map((row) => [row.commodityId, pricesOf(row)])));
    }
  }

  #change({ marketId, rows, isWhole }: ToldMarket, seq: number): void {
    expect(seq, 'nothing is told twice').toBeGreaterThan(this.#toldSeq.get(marketId) ?? -1);
    this.#toldSeq.set(marketId, seq);
    const known = new Map(isWhole === true ? [] : this.markets.get(marketId));
    for (const row of rows) {
      const { commodityId, previous } = row;
      if (previous !== undefined) {
        const before = previous === null ? null : pricesOf(previous);
        expect(known.get(commodityId) ?? null, 'what was is what was told').toEqual(before);
      }
      if (row.buyPrice === null && row.sellPrice === null) known.delete(commodityId);
      else known.set(commodityId, pricesOf(row));
    }
    this.markets.set(marketId, known);
  }

  /** To be compared: every good of every market that trades something. */
  held(): unknown[] {
    return [...this.markets]
      .flatMap(([marketId, rows]) => [...rows].map(([good, prices]) => [marketId, good, prices] as const))
      .toSorted(([a, x], [b, y]) => a - b || x - y);
  }
}

function pricesOf({ buyPrice, sellPrice }: Prices): Prices {
  return { buyPrice, sellPrice };
}
