import type { ToldMarket, ToldRow, ToldUpdate } from '../../app/watch/source.ts';

/** A good at a market as it was last told. */
export interface BoardRow {
  readonly marketId: number;
  readonly stationName: string;
  readonly systemName: string;
  /** Null: nobody has seen it yet. */
  readonly observedAtMs: number | null;
  readonly good: Pick<ToldRow, 'commodityId' | 'name'>;
  readonly now: Prices;
  /** Null: it was not traded; undefined: nobody remembers. */
  readonly before: Prices | null | undefined;
}

/** Null: it is not traded so. */
export type Prices = Pick<ToldRow, 'buyPrice' | 'stock' | 'sellPrice' | 'demand'>;

/** What was told of a market lately. */
export interface BoardMarket extends Omit<BoardRow, 'good' | 'now' | 'before'> {
  readonly changed: readonly BoardRow[];
}

/** Rows that are kept; the ones told longest ago go first. */
const MAX_ROWS = 2_000;

/** What a live view shows: of each good at each market, and of each market, the newest. */
export class Board {
  /** In the order in which they were told. */
  readonly #rows = new Map<string, BoardRow>();
  readonly #markets = new Map<number, BoardMarket>();

  /** What is there; forgets what was. */
  begin(markets: readonly ToldMarket[], nowMs: number): void {
    this.#rows.clear();
    this.#markets.clear();
    const oldestFirst = markets.toSorted((a, b) => (b.marketAgeS ?? Infinity) - (a.marketAgeS ?? Infinity));
    for (const market of oldestFirst) this.#take(market, market.rows, nowMs);
  }

  /** @returns the rows as they are shown; none: it was about something else */
  take(update: ToldUpdate, nowMs: number): readonly BoardRow[] {
    return update.rows === undefined ? [] : this.#take(update, update.rows, nowMs);
  }

  /** The newest first; a market's age is that of all its goods. */
  rows(): BoardRow[] {
    const aged = (row: BoardRow) => ({
      ...row,
      observedAtMs: this.#markets.get(row.marketId)?.observedAtMs ?? null,
    });
    return [...this.#rows.values()].reverse().map(aged);
  }

  /** The newest first. */
  markets(): BoardMarket[] {
    return [...this.#markets.values()].reverse();
  }

  #take(market: ToldUpdate | ToldMarket, told: readonly ToldRow[], nowMs: number): readonly BoardRow[] {
    const { marketId, name: stationName, systemName, marketAgeS } = market;
    // Ages are the teller's: clocks of two machines differ.
    const observedAtMs = marketAgeS === null ? null : nowMs - marketAgeS * 1_000;
    const where = { marketId, stationName, systemName, observedAtMs };
    const changed = told.map(({ commodityId, name, previous, ...now }): BoardRow => {
      const key = `${marketId} ${commodityId}`;
      const known = this.#rows.get(key)?.now;
      this.#rows.delete(key);
      const before = previous === undefined ? known : previous;
      const row = { ...where, good: { commodityId, name }, now, before };
      this.#rows.set(key, row);
      return row;
    });
    this.#markets.delete(marketId);
    this.#markets.set(marketId, { ...where, changed });
    for (const all of [this.#rows, this.#markets] as Map<unknown, unknown>[]) {
      for (const oldest of all.keys()) {
        if (all.size <= MAX_ROWS) break;
        all.delete(oldest);
      }
    }
    return changed;
  }
}
