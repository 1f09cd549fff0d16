import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { TravelTimes } from '../../../domain/galaxy/travel-time.ts';
import type { Queries } from '../../../domain/ports/store/queries.ts';
import type { TourPlanner } from '../../../domain/ports/commanders/tour-planner.ts';

/** What the routes of the API work with. */
export interface ApiDeps {
  readonly queries: Queries;
  /** Goods the program knows by symbol; empty before the first catalogue. */
  readonly commodities: () => readonly Commodity[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the routes of tours work with besides. */
export interface TourDeps extends ApiDeps {
  readonly planner: Pick<TourPlanner, 'plan'>;
  readonly travelTimes: TravelTimes;
}
