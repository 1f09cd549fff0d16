import type { Commodity } from '../../market/catalogue.ts';

/** Where commodities come from: a cache in the data directory, and its source. */
export interface CommoditySource {
  /** @returns null: it was never reached */
  readCached(): Promise<readonly Commodity[] | null>;
  /** What ships with the program, for where the source cannot be reached. @returns null: nothing does */
  builtIn(): Promise<readonly Commodity[] | null>;
  refresh(signal: AbortSignal): Promise<{ commodities: readonly Commodity[]; changed: boolean }>;
}
