import { commodityKey, indexCommodities } from '../../../domain/market/catalogue.ts';
import type { ItemRecord } from '../../../domain/ports/queries.ts';
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

/** The goods of the database with their symbols; read again once in a while. */
export class Goods {
  readonly #deps: ApiDeps;
  #read: { readonly atMs: number; readonly goods: Promise<ReadonlyMap<number, Good>> } | undefined;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** By id. */
  async all(): Promise<ReadonlyMap<number, Good>> {
    const nowMs = this.#deps.now();
    if (this.#read === undefined || Math.abs(nowMs - this.#read.atMs) > REREAD_MS) {
      const goods = this.#deps.queries.items().then((items) => this.#withSymbols(items));
      this.#read = { atMs: nowMs, goods };
      goods.catch(() => (this.#read = undefined));
    }
    return this.#read.goods;
  }

  /**
   * @param text symbol, display name, or id
   * @throws ApiError 404
   */
  async find(text: string): Promise<Good> {
    const goods = await this.all();
    const key = commodityKey(text);
    const id = indexCommodities(this.#deps.commodities()).get(key) ?? Number(key);
    const good = goods.get(id) ?? [...goods.values()].find(({ name }) => name.toLowerCase() === key);
    if (good === undefined) {
      throw new ApiError(404, `no good is called ${text}: see /api/v1/commodities for symbols and names`);
    }
    return good;
  }

  #withSymbols(items: readonly ItemRecord[]): ReadonlyMap<number, Good> {
    const symbols = new Map(this.#deps.commodities().map(({ id, symbol }) => [id, symbol]));
    return new Map(
      items.map(({ id, name, category, meanPrice }) => [
        id,
        { commodityId: id, symbol: symbols.get(id) ?? null, name, category, meanPrice },
      ]),
    );
  }
}
