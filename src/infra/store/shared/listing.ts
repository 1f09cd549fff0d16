/**
 * The text of `listings.csv` and `listings-live.csv`, as Trade Dangerous clients read it: unquoted, ASCII, LF, integers
 * only, sorted by station and item, numbered from 1.
 */
export const LISTINGS_HEADER =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at\n';

/** Stores hand their sink chunks of about this size. */
export const CHUNK_BYTES = 256 * 1024;
