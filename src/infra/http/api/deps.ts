import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { Queries } from '../../../domain/ports/queries.ts';

/** What the routes of the API work with. */
export interface ApiDeps {
  readonly queries: Queries;
  /** Goods the program knows by symbol; empty before the first catalogue. */
  readonly commodities: () => readonly Commodity[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
