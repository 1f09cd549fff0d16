import type { MarketRow } from '../../domain/ports/store/queries.ts';

/** Rows that are remembered, of all markets together: some 20 MiB. */
const MAX_ROWS = 200_000;

/** What the markets that changed, or were told, last had then: so that a change can be told with what was. */
export class RecentMarkets {
  /** The least lately used first. */
  readonly #markets = new Map<number, readonly MarketRow[]>();
  #rows = 0;

  get(marketId: number): readonly MarketRow[] | undefined {
    return this.#markets.get(marketId);
  }

  set(marketId: number, rows: readonly MarketRow[]): void {
    this.#remove(marketId);
    this.#markets.set(marketId, rows);
    this.#rows += rows.length;
    for (const oldest of this.#markets.keys()) {
      if (this.#rows <= MAX_ROWS) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#markets.clear();
    this.#rows = 0;
  }

  #remove(marketId: number): void {
    this.#rows -= this.#markets.get(marketId)?.length ?? 0;
    this.#markets.delete(marketId);
  }
}
