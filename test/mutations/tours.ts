import type { Mutation } from './mutation.ts';

const MODEL = 'test/model/machines.test.ts';
const POOL = 'test/unit/scout-tour-pool.test.ts';
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
    file: 'src/machines/scout-tour.machine.ts',
    from: "actions: [{ type: 'closeMarket', params: ({ event }) => event }, 'keep'],",
    to: "actions: [{ type: 'closeMarket', params: ({ event }) => event }],",
    tests: [MODEL],
  },
  {
    guarantee: 'a tour that somebody else has withdrawn ends here',
    fault: 'what somebody else has written is written over',
    file: 'src/actors/scout-tour/keeper.ts',
    from: 'if (theirs !== null && ENDED.has(theirs.state) && !ENDED.has(tour.state))',
    to: 'if (theirs !== null && theirs.id === "")',
    tests: [POOL],
  },
  {
    guarantee: 'every market is in exactly one tour of a plan',
    fault: 'balancing leaves a market with both',
    file: 'src/domain/tours/balance.ts',
    from: 'at === from ? tour.filter((each) => each !== stop) : at === to ? [...tour, stop] : tour,',
    to: 'at === to ? [...tour, stop] : tour,',
    tests: ['test/unit/tour-partitions.test.ts'],
  },
];
