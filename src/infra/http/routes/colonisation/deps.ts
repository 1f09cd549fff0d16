import type { TravelTimes } from '../../../../domain/galaxy/travel-time.ts';
import type { Colonisation } from '../../../../domain/ports/commanders/colonisation.ts';
import type { TourPlanner } from '../../../../domain/ports/commanders/tour-planner.ts';
import type { ApiDeps } from '../../api/deps.ts';
import type { Goods } from '../../api/goods.ts';
import type { ApiOptions } from '../../api/manners.ts';
import type { ColonisationPresenter } from './answers.ts';
import type { Asked } from './asked.ts';

export interface ColonisationDeps extends ApiDeps, Pick<ApiOptions, 'questionsPerMinute' | 'described'> {
  readonly colonisation: Colonisation;
  readonly planner: Pick<TourPlanner, 'supply'>;
  readonly travelTimes: TravelTimes;
  /** Anybody is answered, without a token. */
  readonly isPublic: boolean;
}

/** What the routes of builds share. */
export interface BuildRoutes extends ColonisationDeps {
  readonly asked: Asked;
  readonly goods: Goods;
  readonly present: () => ColonisationPresenter;
  readonly requires: 'journal' | undefined;
}
