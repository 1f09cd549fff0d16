import { AppError } from '../../domain/errors.ts';
import { commodityKey, indexCommodities, type Commodity } from '../../domain/market/catalogue.ts';
import { namesMarket } from '../../domain/market/named-market.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../domain/market/snapshot.ts';
import { didYouMean } from '../../domain/nearest.ts';

/** What of the feed somebody wants to see. */
export interface Wanted {
  /** Id, station, or SYSTEM/STATION. */
  readonly market?: string | undefined;
  /** Symbol or name of a good. */
  readonly commodity?: string | undefined;
}

/** @throws AppError `usage`: there is no such good */
export function wantedGood({ commodity }: Wanted, commodities: readonly Commodity[]): Commodity | null {
  if (commodity === undefined) return null;
  const id = indexCommodities(commodities).get(commodityKey(commodity));
  const good = commodities.find((each) => each.id === id);
  if (good !== undefined) return good;
  const advice = didYouMean(
    commodity,
    commodities.map(({ name }) => name),
    'give its symbol or its name',
  );
  throw new AppError('usage', `no good is called ${commodity}`, { advice });
}

/** Whether a market of the feed is one of those that are wanted. */
export function wants({ market }: Wanted, good: Commodity | null): (snapshot: Snapshot) => boolean {
  const isMarket = market === undefined ? () => true : namesMarket(market);
  return (snapshot) => isMarket(snapshot) && (good === null || offsetOf(snapshot.rows, good.id) !== null);
}

/** Where the row of a good begins. @returns null: the market does not list it */
export function offsetOf(rows: Int32Array, itemId: number): number | null {
  for (let at = 0; at < rows.length; at += ROW_WIDTH) if (rows[at + ROW.itemId] === itemId) return at;
  return null;
}
