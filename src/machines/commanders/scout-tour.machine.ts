/**
 * One tour: markets are divided among commanders, and each is closed by its observation, whoever made it.
 *
 * Invariants: every market is closed once, by an observation not older than the tour, or by nobody; what is open is on one
 * commander's list; who comes or goes changes only what is open; every change is kept before anything else happens.
 * Heard by: the tours' pool (`tour.resume`, `market.observed`, `tour.reconfigure`, `tour.withdraw`, `stop`). A stop changes nothing: the
 * next life goes on.
 */
import { assign, not, setup } from 'xstate';
import type { Plan } from '../../domain/tours/plan.ts';
import {
  ended,
  isClosedBy,
  observed,
  openMarkets,
  planned,
  reconfigured,
  type CrewChange,
  type ScoutTour,
} from '../../domain/tours/scout-tour.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface ScoutTourInput {
  readonly tour: ScoutTour;
  /** Attempts to plan, after which it has failed. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly random: Random;
  /** Epoch seconds. */
  readonly nowS: () => number;
}

interface ScoutTourContext extends ScoutTourInput {
  /** Failed attempts in a row. */
  readonly attempts: number;
}

interface Observed {
  readonly type: 'market.observed';
  readonly marketId: number;
  readonly observedAtS: number;
}

export type ScoutTourEvent =
  | StopEvent
  | Observed
  | { readonly type: 'tour.reconfigure'; readonly change: CrewChange }
  /** Begins a new tour, or goes on where an earlier life was. */
  | { readonly type: 'tour.resume' }
  | { readonly type: 'tour.withdraw' };

export const scoutTourMachine = setup({
  types: {
    context: {} as ScoutTourContext,
    events: {} as ScoutTourEvent,
    input: {} as ScoutTourInput,
    tags: {} as 'offered' | 'ended',
  },
  actors: {
    /** Divides what is open among the crew. */
    plan: promiseSlot<Plan, ScoutTour>('plan'),
  },
  delays: {
    planBackoff: ({ context }) => backoffMs(context.backoff, context.attempts, context.random),
  },
  guards: {
    closesMarket: ({ context }, { marketId, observedAtS }: Observed) =>
      isClosedBy(context.tour, marketId, observedAtS),
    closesLast: ({ context }, { marketId, observedAtS }: Observed) =>
      isClosedBy(context.tour, marketId, observedAtS) && openMarkets(context.tour).length === 1,
    nothingOpen: ({ context }) => openMarkets(context.tour).length === 0,
    isPlanned: ({ context }) => context.tour.plan !== null && context.tour.state !== 'planning',
    isStarted: ({ context }) => openMarkets(context.tour).length < context.tour.markets.length,
    mayTryAgain: ({ context }) => context.attempts + 1 < context.maxAttempts,
  },
  actions: {
    note: assign({
      tour: ({ context }, { state }: { state: ScoutTour['state'] }) => ({ ...context.tour, state }),
    }),
    closeMarket: assign({
      tour: ({ context }, { marketId, observedAtS }: Observed) =>
        observed(context.tour, marketId, observedAtS),
    }),
    takePlan: assign({
      tour: ({ context }, plan: Plan) => planned(context.tour, plan, context.nowS()),
      attempts: 0,
    }),
    changeCrew: assign({
      tour: ({ context }, change: CrewChange) => reconfigured(context.tour, change, context.nowS()),
      attempts: 0,
    }),
    countFailure: assign({ attempts: ({ context }) => context.attempts + 1 }),
    end: assign({
      tour: ({ context }, { state }: { state: 'finished' | 'withdrawn' }) =>
        ended(context.tour, state, context.nowS()),
    }),
    fail: assign({
      tour: ({ context }, { error }: { error: unknown }) =>
        ended(context.tour, 'failed', context.nowS(), error instanceof Error ? error.message : String(error)),
    }),
    /** Writes the tour as it is now. */
    keep: () => undefined,
    report: () => undefined,
  },
}).createMachine({
  id: 'scout-tour',
  context: ({ input }) => ({ ...input, attempts: 0 }),
  initial: 'resuming',
  on: {
    stop: '.closed',
    'tour.withdraw': '.withdrawn',
    'tour.reconfigure': {
      target: '.planning',
      actions: { type: 'changeCrew', params: ({ event }) => event.change },
    },
    'market.observed': [
      {
        guard: { type: 'closesLast', params: ({ event }) => event },
        target: '.finished',
        actions: { type: 'closeMarket', params: ({ event }) => event },
      },
      {
        guard: { type: 'closesMarket', params: ({ event }) => event },
        actions: [{ type: 'closeMarket', params: ({ event }) => event }, 'keep'],
      },
    ],
  },
  states: {
    resuming: {
      on: {
        'tour.resume': [
          { guard: 'nothingOpen', target: 'finished' },
          { guard: not('isPlanned'), target: 'planning' },
          { guard: 'isStarted', target: 'underway' },
          { target: 'offered' },
        ],
      },
    },
    planning: {
      entry: [{ type: 'note', params: { state: 'planning' } }, 'keep'],
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'plan',
            input: ({ context }) => context.tour,
            onDone: [
              {
                guard: 'isStarted',
                target: '#scout-tour.underway',
                actions: { type: 'takePlan', params: ({ event }) => event.output },
              },
              {
                target: '#scout-tour.offered',
                actions: { type: 'takePlan', params: ({ event }) => event.output },
              },
            ],
            onError: [
              { guard: 'mayTryAgain', target: 'backingOff', actions: 'countFailure' },
              {
                target: '#scout-tour.failed',
                actions: { type: 'fail', params: ({ event }) => ({ error: event.error }) },
              },
            ],
          },
        },
        backingOff: { after: { planBackoff: 'asking' } },
      },
    },
    offered: {
      tags: 'offered',
      entry: [{ type: 'note', params: { state: 'offered' } }, 'keep', 'report'],
      on: {
        'market.observed': [
          {
            guard: { type: 'closesLast', params: ({ event }) => event },
            target: 'finished',
            actions: { type: 'closeMarket', params: ({ event }) => event },
          },
          {
            guard: { type: 'closesMarket', params: ({ event }) => event },
            target: 'underway',
            actions: { type: 'closeMarket', params: ({ event }) => event },
          },
        ],
      },
    },
    underway: {
      tags: 'offered',
      entry: [{ type: 'note', params: { state: 'underway' } }, 'keep', 'report'],
    },
    finished: {
      type: 'final',
      tags: 'ended',
      entry: [{ type: 'end', params: { state: 'finished' } }, 'keep', 'report'],
    },
    failed: { type: 'final', tags: 'ended', entry: ['keep', 'report'] },
    withdrawn: {
      type: 'final',
      tags: 'ended',
      entry: [{ type: 'end', params: { state: 'withdrawn' } }, 'keep', 'report'],
    },
    closed: { type: 'final' },
  },
});
