import type { Commodity } from '../market/catalogue.ts';

/** Where commodities come from: a cache in the data directory, and its source. */
export interface CommoditySource {
  readCached(): Promise<readonly Commodity[] | null>;
  refresh(signal: AbortSignal): Promise<{ commodities: readonly Commodity[]; changed: boolean }>;
}
