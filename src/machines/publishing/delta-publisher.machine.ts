/**
 * Publishes what has changed: a delta as soon as the hour, or the day, is over. What is due is read from what is on disk,
 * at the start and after every delta; what was missed while the daemon was down is in the next one.
 *
 * Invariants: one delta at a time; a failure publishes nothing and is retried with backoff; nothing begins in a
 * maintenance window, and what runs when one opens is dropped.
 * Heard by: supervisor (`database.*`, `stop`).
 */
import { assign, setup } from 'xstate';
import type { DeltaKind } from '../../domain/deltas/deltas.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { QuiesceEvent, StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface DeltaPublisherInput {
  /** False: nothing is ever done. */
  readonly enabled: boolean;
  /** Before the first look: the feed comes first. */
  readonly startMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

interface DeltaDue {
  /** Null: none. */
  readonly due: DeltaKind | null;
  /** Until the next look. */
  readonly restMs: number;
}

interface DeltaPublisherContext extends DeltaPublisherInput {
  readonly attempt: number;
  readonly lastError: string | null;
  readonly due: DeltaKind;
  readonly restMs: number;
}

export type DeltaPublisherEvent = QuiesceEvent | StopEvent;

export const deltaPublisherMachine = setup({
  types: {
    context: {} as DeltaPublisherContext,
    events: {} as DeltaPublisherEvent,
    input: {} as DeltaPublisherInput,
  },
  actors: {
    /** Tidies up, and looks which one is due. */
    plan: promiseSlot<DeltaDue>('plan'),
    /** Makes one, and makes it public. */
    make: promiseSlot<undefined, DeltaKind>('make'),
  },
  delays: {
    startDelay: ({ context }) => context.startMs,
    untilNext: ({ context }) => context.restMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isDisabled: ({ context }) => !context.enabled,
    isDue: (_, { due }: DeltaDue) => due !== null,
  },
  actions: {
    noteDue: assign({ due: ({ context }, { due }: DeltaDue) => due ?? context.due }),
    noteRest: assign({ restMs: (_, { restMs }: DeltaDue) => restMs }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
    }),
    forgetFailures: assign({ attempt: 0, lastError: null }),
    // Told to the operator, and to the maintenance window, by the wiring.
    reportQuiet: () => undefined,
    reportMade: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'delta-publisher',
  context: ({ input }) => ({ ...input, attempt: 0, lastError: null, due: 'hourly', restMs: 0 }),
  initial: 'starting',
  on: {
    stop: '.closed',
    'database.quiesce': '.paused',
  },
  states: {
    starting: {
      after: { startDelay: [{ guard: 'isDisabled', target: 'disabled' }, { target: 'planning' }] },
    },
    disabled: {
      on: { 'database.quiesce': { actions: 'reportQuiet' } },
    },
    planning: {
      invoke: {
        src: 'plan',
        onDone: [
          {
            guard: { type: 'isDue', params: ({ event }) => event.output },
            target: 'making',
            actions: { type: 'noteDue', params: ({ event }) => event.output },
          },
          {
            target: 'resting',
            actions: ['forgetFailures', { type: 'noteRest', params: ({ event }) => event.output }],
          },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    making: {
      invoke: {
        src: 'make',
        input: ({ context }) => context.due,
        onDone: {
          target: 'planning',
          actions: ['forgetFailures', 'reportMade'],
        },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    resting: {
      after: { untilNext: 'planning' },
    },
    backingOff: {
      entry: 'reportFailure',
      after: { retryBackoff: 'planning' },
    },
    paused: {
      entry: 'reportQuiet',
      on: { 'database.release': 'starting' },
    },
    closed: { type: 'final' },
  },
});
