import type { CrewChange, ScoutTour } from '../../tours/scout-tour.ts';

/** A tour as it is asked for. */
export type TourOrder = Pick<
  ScoutTour,
  'madeBy' | 'strategy' | 'returns' | 'seed' | 'timeLimitMs' | 'markets'
> & {
  readonly commanders: CrewChange['join'];
  readonly patrol?: string;
};

/** Tours that are flown, and those that have ended lately. */
export interface ScoutTours {
  /** Whether the tours of earlier lives are known. */
  readonly isLoaded: boolean;
  /** Newest first. */
  list(): readonly ScoutTour[];
  get(id: string): ScoutTour | undefined;
  /** The tour somebody flies now, by any spelling of his name. */
  tourOf(commander: string): ScoutTour | undefined;
  /** Markets that are on somebody's list, or will be. */
  busyMarkets(): ReadonlySet<number>;
  /** Makes a tour. Resolves when it is planned, or has failed, and an attempt was made to keep it. */
  offer(order: TourOrder): Promise<ScoutTour>;
  /** Deals out anew what is open; an ended tour stays as it is. Undefined: there is no such tour. */
  reconfigure(id: string, change: CrewChange): Promise<ScoutTour | undefined>;
  withdraw(id: string): Promise<ScoutTour | undefined>;
  /** Tells every change of a tour, as it is then; it must not throw. @returns ends that */
  follow(listener: (tour: ScoutTour) => void): () => void;
}
