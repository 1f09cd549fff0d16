import { isoTime } from '../timestamp.ts';
import type { KeptPatrol } from '../ports/commanders/patrols.ts';
import { describePatrol } from './patrols/describe-patrol.ts';
import { crew, holder, openMarkets, type ScoutTour } from './scout-tour.ts';

/** How far a tour is, in few words; times are ISO 8601. */
export function tourProgress(tour: ScoutTour) {
  const { id, patrol = null, state, markets } = tour;
  const open = openMarkets(tour);
  const last = markets.reduce<ScoutTour['markets'][number] | null>(
    (found, market) => ((market.doneAtS ?? 0) > (found?.doneAtS ?? 0) ? market : found),
    null,
  );
  return {
    ...{ id, patrol, state, markets: markets.length, open: open.length, endedAt: isoTime(tour.endedAtS) },
    commanders: crew(tour).map(({ name }) => ({
      name,
      open: open.filter((market) => holder(market) === name).length,
    })),
    lastDone:
      last === null
        ? null
        : {
            ...{ marketId: last.marketId, name: last.name, systemName: last.systemName },
            /** On whose list it was; nobody knows who has been there. */
            commander: last.assignments.at(-1)?.commander ?? null,
            doneAt: isoTime(last.doneAtS),
          },
  };
}

/** How a patrol stands, in few words. @param patrol null: it is removed */
export function patrolProgress(name: string, patrol: KeptPatrol | null) {
  if (patrol === null) return { name, state: 'removed' as const, look: null };
  const { state, look } = describePatrol(patrol, undefined);
  return { name, state, look };
}
