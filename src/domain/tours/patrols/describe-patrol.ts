import { isoTime } from '../../timestamp.ts';
import type { KeptPatrol } from '../../ports/commanders/patrols.ts';
import type { ScoutTour } from '../scout-tour.ts';
import { describeTour } from '../describe-tour.ts';

/** `12h`, `90m`, as durations are asked for. */
export function age(seconds: number): string {
  return seconds % 3_600 === 0 ? `${seconds / 3_600}h` : `${Math.round(seconds / 60)}m`;
}

/** A patrol for programs and people; times are ISO 8601. @param tour that is flown for it now */
export function describePatrol({ order, state, look }: KeptPatrol, tour: ScoutTour | undefined) {
  const { name, about, maxAgeS, isOnce, commanders, share, neverSeen, strategy, madeAtS, madeBy } = order;
  return {
    ...{ name, state, about, maxAgeS, isOnce, share, neverSeen, strategy, madeAt: isoTime(madeAtS), madeBy },
    commanders: commanders.map(({ name: who, jumpRangeLy, sinceS }) => ({
      ...{ name: who, jumpRangeLy, since: isoTime(sinceS) },
    })),
    look:
      look === null
        ? null
        : {
            ...{ at: isoTime(look.atS), markets: look.markets, oldestSeenAt: isoTime(look.oldestAtS) },
            ...{ overdue: look.overdue, neverSeen: look.neverSeen, listed: look.listed },
            ...{ late: look.late, unlisted: look.unlisted },
            ...{ commandersNeeded: look.needed, commandersAble: look.able },
            validUntil: isoTime(look.validUntilS),
          },
    tour: tour === undefined ? null : describeTour(tour),
  };
}

export type DescribedPatrol = ReturnType<typeof describePatrol>;
