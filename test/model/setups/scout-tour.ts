import { expect } from 'vitest';
import {
  crew,
  holder,
  observed,
  openMarkets,
  planned,
  type ScoutTour,
} from '../../../src/domain/tours/scout-tour.ts';
import { scoutTourMachine } from '../../../src/machines/commanders/scout-tour.machine.ts';
import type { ModelSetup } from '../../support/model.ts';
import { planOf, scoutTour, TOUR_MADE_S, tourCommander } from '../../support/scout-tour.ts';

const MAX_ATTEMPTS = 2;
const NOW_S = TOUR_MADE_S + 600;

/** Ends of a market's assignments, oldest first, without those that go on. */
function endsOf({ markets }: ScoutTour) {
  return markets.map(({ assignments }) => assignments.filter(({ untilS }) => untilS !== null).length);
}

function setupOf(tour: ScoutTour): ModelSetup<typeof scoutTourMachine> {
  return {
    machine: scoutTourMachine,
    input: {
      ...{ tour, maxAttempts: MAX_ATTEMPTS, backoff: { minMs: 1_000, capMs: 60_000 } },
      ...{ random: () => 0.5, nowS: () => NOW_S },
    },
    outputs: { plan: [planOf({ Jameson: [1, 2] }), planOf({ Jameson: [1], Ryder: [2] })] },
    fails: ['plan'],
    delays: { planBackoff: [500, 60_000] },
    stop: { type: 'stop' },
    home: ['offered', 'underway'],
    payloads: (type) =>
      ({
        'market.observed': [
          { marketId: 1, observedAtS: NOW_S },
          { marketId: 2, observedAtS: NOW_S },
          { marketId: 1, observedAtS: TOUR_MADE_S - 1 },
          { marketId: 9, observedAtS: NOW_S },
        ],
        'tour.reconfigure': [
          { change: { join: [tourCommander('Ryder')], leave: [] } },
          { change: { join: [], leave: ['ryder'] } },
        ],
      })[type],
    key: ({ attempts, tour: { markets, commanders, plan } }) => [
      attempts,
      markets.map(({ doneAtS }) => doneAtS !== null),
      commanders.length < 3 && crew({ ...tour, commanders }).length,
      plan !== null,
    ],
    check({ event, value, context, before, running, news, done }) {
      const now = context.tour;
      expect(running, 'plans while it says so').toEqual(value === 'planning.asking' ? ['plan'] : []);
      expect(context.attempts, 'attempts').toBeLessThanOrEqual(MAX_ATTEMPTS);
      for (const [at, market] of now.markets.entries()) {
        const open = market.assignments.filter(({ untilS }) => untilS === null);
        expect(open.length, 'on one list at most').toBeLessThanOrEqual(market.doneAtS === null ? 1 : 0);
        if (value === 'offered' || value === 'underway') {
          expect(holder(market) === null, 'what is open is on a list').toBe(market.doneAtS !== null);
        }
        const was = before?.tour.markets[at]?.doneAtS ?? tour.markets[at]?.doneAtS ?? null;
        if (was !== null) expect(market.doneAtS, 'closed once').toBe(was);
        if (market.doneAtS !== was) {
          expect(event, 'closed by its observation').toMatchObject({
            ...{ type: 'market.observed', marketId: market.marketId },
            observedAtS: market.doneAtS,
          });
          expect(market.doneAtS, 'not older than the tour').toBeGreaterThanOrEqual(TOUR_MADE_S);
        }
      }
      if (before !== null) {
        const ends = endsOf(now);
        for (const [at, count] of endsOf(before.tour).entries()) {
          expect(ends[at], 'history is kept').toBeGreaterThanOrEqual(count);
        }
        if (before.tour !== now) expect(news, 'a change is kept').toContain('do keep');
      }
      if (value === 'finished') expect(openMarkets(now)).toEqual([]);
      if (!done) return;
      expect(value === 'closed', 'goes on in the next life').toBe(event.type === 'stop');
      if (value !== 'closed') expect(now).toMatchObject({ state: value, endedAtS: NOW_S });
      if (value === 'failed') expect(now.failure).toBe('plan failed');
    },
  };
}

const fresh = scoutTour(2);
const offered: ScoutTour = { ...planned(fresh, planOf({ Jameson: [1, 2] }), NOW_S), state: 'offered' };

export const setups = [
  fresh,
  offered,
  { ...observed(offered, 1, NOW_S), state: 'underway' as const },
  observed(observed(offered, 1, NOW_S), 2, NOW_S),
  { ...planned(scoutTour(1), planOf({ Jameson: [1] }), NOW_S), state: 'offered' as const },
].map(setupOf);
