/**
 * Keeps the published files of the daemon that leads: looks every now and then, and fetches what has changed. Where no
 * other daemon shares the database it does nothing; while this one leads a look finds nothing to do.
 *
 * Invariants: one look at a time; a failure replaces nothing and is retried with backoff; it ends at once.
 * Heard by: supervisor (`stop`).
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface MirrorInput {
  /** False: there is nobody to fetch from. */
  readonly enabled: boolean;
  readonly lookMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

interface MirrorContext extends MirrorInput {
  readonly attempt: number;
  readonly lastError: string | null;
  /** Files that the last look replaced. */
  readonly fetched: readonly string[];
}

export const mirrorMachine = setup({
  types: {
    context: {} as MirrorContext,
    events: {} as StopEvent,
    input: {} as MirrorInput,
  },
  actors: {
    /** Makes the files those of the leader. @returns names of what was replaced */
    fetch: promiseSlot<readonly string[]>('fetch'),
  },
  delays: {
    lookInterval: ({ context }) => context.lookMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: { isEnabled: ({ context }) => context.enabled },
  actions: {
    noteFetched: assign({
      fetched: (_, { fetched }: { fetched: readonly string[] }) => fetched,
      attempt: 0,
      lastError: null,
    }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
    }),
    reportFetched: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'mirror',
  context: ({ input }) => ({ ...input, attempt: 0, lastError: null, fetched: [] }),
  initial: 'idle',
  on: { stop: '.closed' },
  states: {
    idle: { always: { guard: 'isEnabled', target: 'waiting' } },
    waiting: { after: { lookInterval: 'fetching' } },
    fetching: {
      invoke: {
        src: 'fetch',
        onDone: {
          target: 'waiting',
          actions: [
            { type: 'noteFetched', params: ({ event }) => ({ fetched: event.output }) },
            'reportFetched',
          ],
        },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    backingOff: {
      entry: 'reportFailure',
      after: { retryBackoff: 'fetching' },
    },
    closed: { type: 'final' },
  },
});
