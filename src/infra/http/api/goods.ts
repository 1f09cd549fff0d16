import { commodityKey, indexCommodities, type Commodity } from '../../../domain/market/catalogue.ts';
import { nearestFew } from '../../../domain/nearest.ts';
import type { ItemRecord, MarketRecord } from '../../../domain/ports/store/queries.ts';
import { asker } from '../../threads/asker.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError } from './errors.ts';

/** A good as the API names it. */
export interface Good {
  readonly commodityId: number;
  /** Null: the program has no table that names it. */
  readonly symbol: string | null;
  readonly name: string;
  readonly category: string;
  readonly meanPrice: number | null;
}

const REREAD_MS = 60_000;

interface Read {
  readonly atMs: number;
  /** What the symbols are from. */
  readonly commodities: readonly Commodity[];
  readonly goods: Promise<ReadonlyMap<number, Good>>;
}

/**
 * The goods of the database with their symbols; read again once in a while, when there are other symbols, and when one is
 * met that has come since.
 */
export class Goods {
  readonly #deps: ApiDeps;
  #read: Read | undefined;
  /** Met, but not in the database: prices of long ago. */
  readonly #lost = new Set<number>();
  #ids: { readonly of: readonly Commodity[]; readonly byKey: ReadonlyMap<string, number> } | undefined;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** By id; one that has come within the last minute may be missing. */
  async all(): Promise<ReadonlyMap<number, Good>> {
    const read = this.#read;
    const isOld = read === undefined || Math.abs(this.#deps.now() - read.atMs) > REREAD_MS;
    if (!isOld && read.commodities === this.#deps.commodities()) return read.goods;
    this.#lost.clear();
    return this.#readAgain();
  }

  /** As the tables have them, whether or not the database does. */
  listed(): readonly Good[] {
    return this.#deps.commodities().map(listedGood);
  }

  /**
   * By id.
   * @param ids of what has been read from the database: none of these is missing because it has just come
   */
  async including(ids: Iterable<number>): Promise<ReadonlyMap<number, Good>> {
    const known = await this.all();
    const unknown = new Set<number>();
    for (const id of ids) if (!known.has(id) && !this.#lost.has(id)) unknown.add(id);
    if (unknown.size === 0) return known;
    const again = await this.#readAgain();
    for (const id of unknown) if (!again.has(id)) this.#lost.add(id);
    return again;
  }

  /** Those that these markets trade, and others, by id. */
  async of(markets: readonly Pick<MarketRecord, 'rows'>[]): Promise<ReadonlyMap<number, Good>> {
    return this.including(markets.flatMap(({ rows }) => rows.map(({ itemId }) => itemId)));
  }

  async #readAgain(): Promise<ReadonlyMap<number, Good>> {
    const commodities = this.#deps.commodities();
    // Others wait for it, too.
    const items = asker.exit(() => this.#deps.queries.items());
    const goods = items.then((found) => withSymbols(found, commodities));
    this.#read = { atMs: this.#deps.now(), commodities, goods };
    goods.catch(() => (this.#read = undefined));
    return goods;
  }

  /** The id of a good, also of one that no market has listed yet. @throws ApiError 404; 503 before any is known */
  async idOf(text: string): Promise<number> {
    const commodities = this.#deps.commodities();
    const id = this.#idsOf(commodities).get(commodityKey(text));
    if (id !== undefined) return id;
    if (commodities.length === 0 && (await this.all()).size === 0) {
      throw new ApiError(503, 'no goods are known yet: ask again in a moment');
    }
    return (await this.find(text)).commodityId;
  }

  /**
   * @param text symbol, display name, or id
   * @throws ApiError 404
   */
  async find(text: string): Promise<Good> {
    const key = commodityKey(text);
    const id = this.#idsOf(this.#deps.commodities()).get(key) ?? Number(key);
    const among = (all: ReadonlyMap<number, Good>) =>
      all.get(id) ?? [...all.values()].find(({ name }) => name.toLowerCase() === key);
    let goods = await this.all();
    const good = among(goods) ?? among((goods = await this.#readAgain()));
    if (good === undefined) {
      const near = nearestFew(
        key,
        [...goods.values()].map(({ name }) => name),
      );
      const hint = near.length === 0 ? 'see /api/v1/commodities for all' : `did you mean ${near.join(', ')}?`;
      throw new ApiError(404, `no good is called ${text}: ${hint}`);
    }
    return good;
  }

  /** The same; null: there is none. */
  async findIfAny(text: string): Promise<Good | null> {
    try {
      return await this.find(text);
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }

  /** By what they are called. */
  #idsOf(commodities: readonly Commodity[]): ReadonlyMap<string, number> {
    if (this.#ids?.of !== commodities) this.#ids = { of: commodities, byKey: indexCommodities(commodities) };
    return this.#ids.byKey;
  }
}

function withSymbols(
  items: readonly ItemRecord[],
  commodities: readonly Commodity[],
): ReadonlyMap<number, Good> {
  const symbols = new Map(commodities.map(({ id, symbol }) => [id, symbol]));
  return new Map(
    items.map(({ id, name, category, meanPrice }) => [
      id,
      { commodityId: id, symbol: symbols.get(id) ?? null, name, category, meanPrice },
    ]),
  );
}

/** As the tables have it: they know no prices. */
export function listedGood({ id, symbol, name, category }: Commodity): Good {
  return { commodityId: id, symbol, name, category, meanPrice: null };
}

/** A good that the tables have lost keeps its id. */
export function goodOf(known: ReadonlyMap<number, Good>, commodityId: number): Good {
  return known.get(commodityId) ?? unnamed(commodityId);
}

function unnamed(commodityId: number): Good {
  return { commodityId, symbol: null, name: String(commodityId), category: '', meanPrice: null };
}
