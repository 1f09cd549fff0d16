/**
 * Keeps the history of prices: follows the change log, and closes every day that is over.
 *
 * Invariants: one thing at a time; a day is closed only when the log has been read beyond its end; after a failure it
 * goes on where it was, for what is reached is on disk. Where no history is kept it does nothing.
 * Heard by: supervisor (`stop`).
 */
import { assign, setup } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface HistorianInput {
  /** False: no history is kept. */
  readonly enabled: boolean;
  readonly startMs: number;
  /** What is written in the meantime is read together. */
  readonly lookMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

/** Where following the log has led to. */
export interface Followed {
  /** The oldest day that is over and not closed, days since the epoch; null: none. */
  readonly dueDay: number | null;
}

interface HistorianContext extends HistorianInput {
  readonly attempt: number;
  readonly lastError: string | null;
  readonly dueDay: number | null;
  /** The last day whose files were written. */
  readonly closed: HistoryDay | null;
}

export const historianMachine = setup({
  types: {
    context: {} as HistorianContext,
    events: {} as StopEvent,
    input: {} as HistorianInput,
  },
  actors: {
    /** Deletes the days that are kept no longer. */
    removeOld: promiseSlot<undefined>('removeOld'),
    /** Records what is new in the change log, to its end. */
    follow: promiseSlot<Followed>('follow'),
    /** Writes the files of a day. */
    closeDay: promiseSlot<HistoryDay, { readonly day: number }>('closeDay'),
  },
  delays: {
    startDelay: ({ context }) => context.startMs,
    lookInterval: ({ context }) => context.lookMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isEnabled: ({ context }) => context.enabled,
    isDayOver: (_, { dueDay }: Followed) => dueDay !== null,
  },
  actions: {
    noteFollowed: assign({ dueDay: (_, { dueDay }: Followed) => dueDay, attempt: 0, lastError: null }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) => describeError(error),
    }),
    noteClosed: assign({ closed: (_, closed: HistoryDay) => closed }),
    reportFailure: () => undefined,
    reportFollowed: () => undefined,
    reportClosed: () => undefined,
  },
}).createMachine({
  id: 'historian',
  context: ({ input }) => ({ ...input, attempt: 0, lastError: null, dueDay: null, closed: null }),
  initial: 'idle',
  on: { stop: '.closed' },
  states: {
    idle: { after: { startDelay: { guard: 'isEnabled', target: 'removing' } } },
    removing: {
      invoke: {
        src: 'removeOld',
        onDone: 'following',
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    following: {
      invoke: {
        src: 'follow',
        onDone: [
          {
            guard: { type: 'isDayOver', params: ({ event }) => event.output },
            target: 'closing',
            actions: [{ type: 'noteFollowed', params: ({ event }) => event.output }, 'reportFollowed'],
          },
          {
            target: 'waiting',
            actions: [{ type: 'noteFollowed', params: ({ event }) => event.output }, 'reportFollowed'],
          },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    closing: {
      invoke: {
        src: 'closeDay',
        input: ({ context }) => ({ day: context.dueDay ?? -1 }),
        onDone: {
          target: 'removing',
          actions: [{ type: 'noteClosed', params: ({ event }) => event.output }, 'reportClosed'],
        },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    waiting: { after: { lookInterval: 'following' } },
    backingOff: {
      entry: 'reportFailure',
      after: { retryBackoff: 'following' },
    },
    closed: { type: 'final' },
  },
});
