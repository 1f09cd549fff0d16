import type { Mutation } from './mutation.ts';

const MODEL = 'test/model/machines.test.ts';
const POOL = 'test/unit/scout-tour-pool.test.ts';
const PATROLS = 'test/unit/patrol-pool.test.ts';
const TOUR = 'src/domain/tours/scout-tour.ts';

/** Of tours, and who flies them. */
export const TOUR_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'an observation older than a tour closes nothing of it',
    fault: 'any observation closes',
    file: TOUR,
    from: 'observedAtS >= tour.madeAtS &&',
    to: 'observedAtS >= 0 &&',
    tests: [POOL, MODEL],
  },
  {
    guarantee: 'a market is closed once',
    fault: 'a later observation closes it again',
    file: TOUR,
    from: 'tour.markets.some((market) => market.marketId === marketId && market.doneAtS === null)',
    to: 'tour.markets.some((market) => market.marketId === marketId)',
    tests: [MODEL],
  },
  {
    guarantee: 'every change of a tour is kept',
    fault: 'a market that is closed underway is not written',
    file: 'src/machines/commanders/scout-tour.machine.ts',
    from: "actions: [{ type: 'closeMarket', params: ({ event }) => event }, 'keep'],",
    to: "actions: [{ type: 'closeMarket', params: ({ event }) => event }],",
    tests: [MODEL],
  },
  {
    guarantee: 'a tour that somebody else has withdrawn ends here',
    fault: 'what somebody else has written is written over',
    file: 'src/actors/scout-tour/keeper.ts',
    from: 'if (theirs !== null && isEnded(theirs) && !isEnded(kept))',
    to: 'if (theirs !== null && theirs.id === "")',
    tests: [POOL],
  },
  {
    guarantee: 'every market is in exactly one tour of a plan',
    fault: 'balancing leaves a market with both',
    file: 'src/domain/tours/strategies/balance.ts',
    from: 'from.stops.filter((each) => each !== stop)',
    to: 'from.stops',
    tests: ['test/unit/tour-partitions.test.ts'],
  },
  {
    guarantee: 'a patrol does not say it is kept beyond what its look told',
    fault: 'it looks again after its five minutes only',
    file: 'src/machines/commanders/patrol.machine.ts',
    from: 'return Math.min(longestMs, Math.max(LEAST_MS, validMs));',
    to: 'return longestMs + 0 * validMs;',
    tests: [PATROLS],
  },
  {
    guarantee: 'a patrol with a market that is too old is short',
    fault: "only what is on nobody's list counts",
    file: 'src/domain/tours/patrols/patrol.ts',
    from: 'return overdue + late + unlisted > 0;',
    to: 'return overdue * 0 + late + unlisted > 0;',
    tests: [PATROLS],
  },
  {
    guarantee: 'two patrols never send two commanders to one market',
    fault: 'markets of other tours are taken, too',
    file: 'src/actors/patrol/look.ts',
    from: 'order.share ? new Set<number>()',
    to: 'order.maxAgeS > 0 ? new Set<number>()',
    tests: [PATROLS],
  },
  {
    guarantee: 'a patrol that is removed calls its commanders back',
    fault: 'its tour goes on',
    file: 'src/machines/commanders/patrol.machine.ts',
    from: "removed: { type: 'final', entry: 'withdraw' },",
    to: "removed: { type: 'final' },",
    tests: [PATROLS, MODEL],
  },
  {
    guarantee: 'nobody is sent before the tours of earlier lives are known',
    fault: 'a patrol looks at once',
    file: 'src/actors/patrol/look.ts',
    from: 'if (!tours.isLoaded) throw',
    to: 'if (!tours.isLoaded && order.maxAgeS < 0) throw',
    tests: [PATROLS],
  },
  {
    guarantee: 'tours asked for in one moment take no market twice',
    fault: 'what is busy is asked once, before the search',
    file: 'src/infra/http/routes/tours.ts',
    from: 'found.stations.filter(({ id }) => !taken.has(id))',
    to: 'found.stations.filter(({ id }) => id > 0 || taken.has(id))',
    tests: ['test/integration/http-tours.test.ts'],
  },
  {
    guarantee: 'an interval with a pause in it says nothing of how fast somebody flies',
    fault: 'one in which somebody slept is measured, too',
    file: 'src/domain/tours/pace/pace.ts',
    from: 'takenS <= BOUNDS.pauseS',
    to: 'takenS <= 1e9 * BOUNDS.pauseS',
    tests: [POOL],
  },
];
