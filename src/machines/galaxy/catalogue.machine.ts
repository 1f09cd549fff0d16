/**
 * Knows the commodities, and when parked snapshots may be tried again.
 *
 * Invariants: starts without network from what it has; without any catalogue nothing is lost, market messages are
 * parked as received; a failed refresh leaves what is known in force; every growth (commodities or systems) releases
 * the parked snapshots it can help; who wishes a refresh while one is under way gets another after it.
 * Heard by: supervisor (`stop`), whoever brings new systems (`catalogue.refresh`).
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface CatalogueInput {
  /** How often the source is asked (conditionally). */
  readonly refreshMs: number;
  /** How often parked snapshots' systems are looked up again: other programs fill the tables too. */
  readonly recheckMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

export interface CatalogueState {
  /** Commodities known; 0 = no catalogue yet. */
  readonly commodities: number;
  readonly changed: boolean;
}

interface CatalogueContext extends CatalogueInput {
  readonly attempt: number;
  /** The source is to be asked: it was not in this life, or somebody wished it since. */
  readonly due: boolean;
  /** Rechecks since the last refresh. */
  readonly rechecks: number;
  readonly commodities: number;
  readonly lastError: string | null;
}

export type CatalogueEvent = StopEvent | { readonly type: 'catalogue.refresh' };

export const catalogueMachine = setup({
  types: {
    context: {} as CatalogueContext,
    events: {} as CatalogueEvent,
    input: {} as CatalogueInput,
  },
  actors: {
    /** From the cache in the data directory. */
    loadCached: promiseSlot<CatalogueState>('loadCached'),
    /** From the source, conditionally. */
    refresh: promiseSlot<CatalogueState>('refresh'),
    /** Hands parked snapshots whose system or commodities are known now back to the stations. */
    releaseParked: promiseSlot<number>('releaseParked'),
  },
  delays: {
    recheckInterval: ({ context }) => context.recheckMs,
    refreshBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    known: (_, state: CatalogueState) => state.commodities > 0,
    due: ({ context }) => context.due,
    refreshDue: ({ context }) => (context.rechecks + 1) * context.recheckMs >= context.refreshMs,
    lastRefreshFailed: ({ context }) => context.attempt > 0,
  },
  actions: {
    noteDue: assign({ due: true }),
    noteAsked: assign({ due: false }),
    noteState: assign({ commodities: (_, state: CatalogueState) => state.commodities }),
    noteFresh: assign({ attempt: 0, rechecks: 0, lastError: null }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
    }),
    countRecheck: assign({ rechecks: ({ context }) => context.rechecks + 1 }),
    reportFresh: () => undefined,
    reportStale: () => undefined,
  },
}).createMachine({
  id: 'catalogue',
  context: ({ input }) => ({
    ...input,
    due: true,
    attempt: 0,
    rechecks: 0,
    commodities: 0,
    lastError: null,
  }),
  initial: 'loading',
  on: {
    stop: '.closed',
    // What is under way may have begun before what it is wished for.
    'catalogue.refresh': { actions: 'noteDue' },
  },
  states: {
    loading: {
      invoke: {
        src: 'loadCached',
        onDone: [
          {
            // What is known already helps now; the source may take its time to answer.
            guard: { type: 'known', params: ({ event }) => event.output },
            target: 'releasing',
            actions: { type: 'noteState', params: ({ event }) => event.output },
          },
          { target: 'refreshing' },
        ],
        onError: 'refreshing',
      },
    },
    refreshing: {
      entry: 'noteAsked',
      invoke: {
        src: 'refresh',
        onDone: {
          target: 'releasing',
          actions: [{ type: 'noteState', params: ({ event }) => event.output }, 'noteFresh', 'reportFresh'],
        },
        onError: {
          target: 'releasing',
          actions: [{ type: 'noteFailure', params: ({ event }) => ({ error: event.error }) }, 'reportStale'],
        },
      },
    },
    releasing: {
      invoke: {
        src: 'releaseParked',
        onDone: [
          { guard: 'due', target: 'refreshing' },
          { guard: 'lastRefreshFailed', target: 'stale' },
          { target: 'ready' },
        ],
        onError: [
          { guard: 'due', target: 'refreshing' },
          { guard: 'lastRefreshFailed', target: 'stale' },
          { target: 'ready' },
        ],
      },
    },
    ready: {
      after: {
        recheckInterval: [
          { guard: 'refreshDue', target: 'refreshing' },
          { target: 'releasing', actions: 'countRecheck' },
        ],
      },
      on: { 'catalogue.refresh': 'refreshing' },
    },
    stale: {
      after: { refreshBackoff: 'refreshing' },
      on: { 'catalogue.refresh': 'refreshing' },
    },
    closed: { type: 'final' },
  },
});
