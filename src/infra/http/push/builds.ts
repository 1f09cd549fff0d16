import type { Colonisation } from '../../../domain/ports/commanders/colonisation.ts';
import { goodSymbol } from '../../../domain/colonisation/book/goods.ts';
import { shoppingList } from '../../../domain/colonisation/supply/shopping-list.ts';
import type { ApiDeps } from '../api/deps.ts';
import type { Good, Goods } from '../api/goods.ts';
import { Asked, isOf, oneSite } from '../routes/colonisation/asked.ts';

/** What is still to be bought for builds. */
interface StillNeeded {
  readonly itemIds: ReadonlySet<number>;
  /** Where the first of them is that the galaxy knows; null: nobody knows. */
  readonly near: string | null;
}

/** What builds need, for those who are told when it is sold somewhere. */
export interface BuildNeeds {
  /** Anybody may know, without a token. */
  readonly isPublic: boolean;
  /** @param texts market ids or names of builds; rejects with an ApiError where there is no such build */
  stillNeeded(texts: readonly string[], goods: Goods): Promise<StillNeeded>;
  /** Calls back when what is known of builds has changed, at most every second. @returns calls back no more */
  onChange(listener: () => void): () => void;
}

const GATHER_MS = 1_000;

export function buildNeeds(
  deps: ApiDeps & { readonly colonisation: Colonisation; readonly isPublic: boolean },
): BuildNeeds {
  const { colonisation, isPublic } = deps;
  const asked = new Asked(deps);
  return {
    isPublic,
    async stillNeeded(texts, goods) {
      const all = await asked.sites();
      const sites = texts.map((text) => oneSite(all, text));
      const open = sites.filter((site) => isOf(site, 'open'));
      const { needs } = shoppingList(open, {
        carriers: colonisation.carriers(),
        commanders: colonisation.commanders(),
        capacity: null,
      });
      const known = await goodsBySymbol(goods);
      const wanted = needs.flatMap(({ symbol, toBuy }) => (toBuy > 0 ? (known.get(symbol) ?? []) : []));
      return {
        itemIds: new Set(wanted.map(({ commodityId }) => commodityId)),
        near: await asked.placeOfSites(sites),
      };
    },
    onChange(listener) {
      let timer: NodeJS.Timeout | undefined;
      const leave = colonisation.onChange(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          listener();
        }, GATHER_MS);
      });
      return () => {
        leave();
        clearTimeout(timer);
      };
    },
  };
}

/** Goods under the names that builds have for them, also those that no market has listed yet. */
export async function goodsBySymbol(goods: Goods): Promise<ReadonlyMap<string, Good>> {
  const known = [...goods.listed(), ...(await goods.all()).values()];
  return new Map(
    known.flatMap((good) => {
      const symbol = goodSymbol(good.symbol ?? good.name);
      return symbol === null ? [] : [[symbol, good] as const];
    }),
  );
}
