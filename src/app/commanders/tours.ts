import { AppError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { describeTour, type DescribedTour } from '../../domain/tours/describe-tour.ts';
import { ended, ENDED, type ScoutTour } from '../../domain/tours/scout-tour.ts';

export type { DescribedTour };

const ATTEMPTS = 3;

/** Tours that are kept, newest first. */
export async function keptTours(store: Pick<AggregateStore, 'aggregates'>): Promise<DescribedTour[]> {
  return (await storedTours(store)).map(describeTour);
}

export async function storedTours(store: Pick<AggregateStore, 'aggregates'>): Promise<ScoutTour[]> {
  const tours = (await store.aggregates('tour')).map(({ json }) => JSON.parse(json) as ScoutTour);
  return tours.sort((a, b) => b.madeAtS - a.madeAtS);
}

/** @throws AppError `usage`: there is none */
export async function keptTour(
  store: Pick<AggregateStore, 'aggregates'>,
  id: string,
): Promise<DescribedTour> {
  const tours = await keptTours(store);
  const found = tours.find((tour) => tour.id === id);
  if (found !== undefined) return found;
  throw noTour(
    id,
    tours.map((tour) => tour.id),
  );
}

/**
 * Ends a tour; the daemon that flies it sees that within half a minute.
 * @throws AppError `usage`: there is none, or it has ended
 */
export async function withdrawTour(store: AggregateStore, id: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const all = await store.aggregates('tour');
    const kept = all.find((each) => each.id === id);
    if (kept === undefined) {
      throw noTour(
        id,
        all.map((each) => each.id),
      );
    }
    const tour = JSON.parse(kept.json) as ScoutTour;
    if (ENDED.has(tour.state)) throw new AppError('usage', `tour ${id} has ended already: ${tour.state}`);
    const json = JSON.stringify(ended(tour, 'withdrawn', Math.floor(Date.now() / 1000)));
    if (await store.putAggregate({ ...kept, version: kept.version + 1, json })) return;
  }
  throw new AppError('busy', `tour ${id} changes all the time`, { advice: 'try again' });
}

function noTour(id: string, ids: readonly string[]): AppError {
  return new AppError('usage', `there is no tour "${id}"`, {
    advice: didYouMean(id, ids, 'see tdl tour list'),
  });
}
