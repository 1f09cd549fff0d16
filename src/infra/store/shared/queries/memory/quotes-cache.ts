import type { Galaxy } from '../../../../../domain/galaxy/galaxy.ts';
import { Quotes, type Quote } from '../../../../../domain/galaxy/quotes.ts';
import type { Cell, QueryReader } from '../reader.ts';
import { ifThere } from './if-there.ts';

/** Goods kept in memory, the ones asked for last: at 94,000 markets some 1.7 MB each. */
const MAX_GOODS = 64;

/** As {@link quoteOf} takes them. */
export const QUOTE_COLUMNS = [
  ...['supply_price', 'supply_units', 'supply_level'],
  ...['demand_price', 'demand_units', 'demand_level'],
];
const COLUMNS = ['station_id', ...QUOTE_COLUMNS].join();

function quoteOf(cells: readonly Cell[], at: number): Quote {
  return {
    supplyPrice: Number(cells[at]),
    supplyUnits: Number(cells[at + 1]),
    supplyLevel: Number(cells[at + 2]),
    demandPrice: Number(cells[at + 3]),
    demandUnits: Number(cells[at + 4]),
    demandLevel: Number(cells[at + 5]),
  };
}

/** Prices of goods at all markets, read when a good is first asked for. */
export class QuotesCache {
  readonly #reader: QueryReader;
  readonly #galaxy: Galaxy;
  /** Least lately asked for first. */
  readonly #goods = new Map<number, Promise<Quotes>>();

  constructor(reader: QueryReader, galaxy: Galaxy) {
    this.#reader = reader;
    this.#galaxy = galaxy;
  }

  get size(): number {
    return this.#goods.size;
  }

  async of(itemId: number): Promise<Quotes> {
    const known = this.#goods.get(itemId);
    const quotes = known ?? this.#load(itemId);
    this.#goods.delete(itemId);
    this.#goods.set(itemId, quotes);
    if (known === undefined) {
      quotes.catch(() => this.#goods.delete(itemId));
      const [oldest] = this.#goods.keys();
      if (this.#goods.size > MAX_GOODS && oldest !== undefined) this.#goods.delete(oldest);
    }
    return quotes;
  }

  /** Reads what these stations say of the goods in memory again. */
  async refresh(stationIds: readonly number[]): Promise<void> {
    if (this.#goods.size === 0 || stationIds.length === 0) return;
    const goods = new Map<number, Quotes>();
    for (const [itemId, quotes] of this.#goods) {
      const loaded = await quotes.catch(() => null);
      if (loaded !== null) goods.set(itemId, loaded);
    }
    const rows = await this.#reader.rows(
      `SELECT item_id, ${COLUMNS} FROM StationItem
       WHERE station_id IN (${stationIds.join()}) AND item_id IN (${[...goods.keys()].join()})`,
    );
    for (const id of stationIds) {
      const market = this.#marketOf(id);
      if (market !== null) for (const quotes of goods.values()) quotes.set(market, null);
    }
    for (const [itemId, stationId, ...cells] of rows) {
      const market = this.#marketOf(Number(stationId));
      if (market !== null) goods.get(Number(itemId))?.set(market, quoteOf(cells, 0));
    }
  }

  /** Of what has been read, approximately. */
  async bytes(): Promise<number> {
    const loaded = await Promise.all(this.#goods.values().map(ifThere));
    return loaded.reduce((sum, each) => sum + (each === null ? 0 : each.supply.bytes + each.demand.bytes), 0);
  }

  async #load(itemId: number): Promise<Quotes> {
    const quotes = new Quotes();
    // One side after the other: an index serves each.
    for (const side of ['supply', 'demand']) {
      await this.#reader.each(
        `SELECT ${COLUMNS} FROM StationItem WHERE item_id = ${itemId} AND ${side}_price > 0`,
        ([stationId, ...cells]) => {
          const market = this.#marketOf(Number(stationId));
          if (market !== null) quotes.set(market, quoteOf(cells, 0));
        },
      );
    }
    return quotes;
  }

  #marketOf(stationId: number): number | null {
    const station = this.#galaxy.stationIndex(stationId);
    return station === null ? null : this.#galaxy.marketIndex(station);
  }
}
