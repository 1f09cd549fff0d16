/**
 * The text of `listings.csv` and `listings-live.csv`, as Trade Dangerous clients read it: unquoted, ASCII, LF, integers
 * only, sorted by station and item, numbered from 1.
 */
export const LISTINGS_HEADER =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at\n';

/** Stores hand their sink chunks of about this size. */
export const CHUNK_BYTES = 256 * 1024;

/** SQL: without a price a row of `StationItem` is no row of the listings. */
export const HAS_PRICE = '(demand_price <> 0 OR supply_price <> 0)';

/** `live` and `all`: as exportListings gives them. `published`: of stations and items that are in their files. */
export type ListingScope = 'live' | 'all' | 'published';
