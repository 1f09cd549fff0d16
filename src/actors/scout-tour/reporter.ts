import type { Log } from '../../domain/ports/log.ts';
import { crew, openMarkets, type ScoutTour } from '../../domain/tours/scout-tour.ts';

/** A line for each step of a tour. */
export function reportTour(log: Log, tour: ScoutTour): void {
  const { id, state, markets, plan, failure, madeAtS, endedAtS } = tour;
  const open = openMarkets(tour).length;
  const facts = { tour: id, state, markets: markets.length, open };
  const minutes = (seconds: number) => Math.round(seconds / 60);
  const line = {
    planning: 'is being planned',
    offered: `${open} markets for ${crew(tour)
      .map(({ name }) => name)
      .join(', ')}, ${minutes(plan?.seconds ?? 0)} min`,
    underway: `${open} of ${markets.length} markets open, ${minutes(plan?.seconds ?? 0)} min to fly when it was planned last`,
    finished: `all ${markets.length} markets seen after ${minutes((endedAtS ?? madeAtS) - madeAtS)} min`,
    failed: `not planned: ${failure ?? ''}`,
    withdrawn: `withdrawn with ${open} of ${markets.length} markets open`,
  }[state];
  if (state === 'failed') log.warn(facts, `tour ${id}: ${line}`);
  else log.info(facts, `tour ${id}: ${line}`);
}
