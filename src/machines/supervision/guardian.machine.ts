/**
 * Keeps one child of the supervisor alive (one-for-one): a crash restarts it after a backoff, within a budget
 * (restart intensity); a child that ends by itself has done its work.
 *
 * Invariants: at most one child; never more than `maxRestarts` restarts between two steady periods; a `stop` always
 * ends in `ended`, whatever the child is doing; an elected child runs only between `leadership.gained` and
 * `leadership.lost`, and ends in order. The child is registered under `name`, so that others reach the
 * present incarnation through the system.
 */
import { assign, sendTo, setup, stopChild, type AnyActorRef } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { ElectionEvent, StopEvent } from '../protocol.ts';
import { callbackSlot } from '../slots.ts';

export interface GuardianInput {
  readonly name: string;
  readonly childInput: unknown;
  /** The child runs only while this daemon leads, which it is told. */
  readonly elected: boolean;
  readonly maxRestarts: number;
  /** A child that lived this long has its restarts forgiven. */
  readonly steadyMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

export interface GuardianContext extends GuardianInput {
  readonly child: AnyActorRef | null;
  readonly restarts: number;
  readonly lastError: string | null;
  readonly exhausted: string | null;
  readonly childOutput: unknown;
}

type ChildEvent =
  | { readonly type: 'xstate.done.actor.child'; readonly output: unknown }
  | { readonly type: 'xstate.error.actor.child'; readonly error: unknown };

export interface GuardianOutput {
  readonly name: string;
  /** Set when the child crashed once too often. */
  readonly exhausted: string | null;
  readonly childOutput: unknown;
}

export const guardianMachine = setup({
  types: {
    context: {} as GuardianContext,
    events: {} as StopEvent | ElectionEvent | ChildEvent,
    input: {} as GuardianInput,
    output: {} as GuardianOutput,
    tags: {} as 'standingBy',
  },
  actors: { child: callbackSlot<StopEvent, unknown>('child') },
  delays: {
    steadyPeriod: ({ context }) => context.steadyMs,
    restartBackoff: ({ context }) => backoffMs(context.backoff, context.restarts, context.random),
  },
  guards: {
    isElected: ({ context }) => context.elected,
    runsAnyway: ({ context }) => !context.elected,
    budgetSpent: ({ context }) => context.restarts >= context.maxRestarts,
  },
  actions: {
    startChild: assign({
      child: ({ context, spawn }) =>
        spawn('child', { id: 'child', systemId: context.name, input: context.childInput }),
    }),
    releaseChild: stopChild('child'),
    stopChildInOrder: sendTo('child', { type: 'stop' }),
    noteOutput: assign({ childOutput: ({ event }) => ('output' in event ? event.output : null) }),
    noteCrash: assign({
      lastError: ({ event }) =>
        'error' in event ? (event.error instanceof Error ? event.error.message : String(event.error)) : null,
    }),
    noteExhausted: assign({ exhausted: ({ context }) => context.lastError }),
    countRestart: assign({ restarts: ({ context }) => context.restarts + 1 }),
    forgiveRestarts: assign({ restarts: 0, lastError: null }),
    // A new child knows nothing: told by the wiring what the one before it had been told.
    bringUpToDate: () => undefined,
    reportCrash: () => undefined,
  },
}).createMachine({
  id: 'guardian',
  context: ({ input }) => ({
    ...input,
    child: null,
    restarts: 0,
    lastError: null,
    exhausted: null,
    childOutput: null,
  }),
  initial: 'standingBy',
  states: {
    standingBy: {
      tags: 'standingBy',
      always: { guard: 'runsAnyway', target: 'up' },
      on: { 'leadership.gained': 'up', stop: 'ended' },
    },
    up: {
      entry: ['startChild', 'bringUpToDate'],
      exit: 'releaseChild',
      initial: 'fresh',
      on: {
        'xstate.done.actor.child': { target: 'ended', actions: 'noteOutput' },
        'xstate.error.actor.child': [
          {
            guard: 'budgetSpent',
            target: 'exhausted',
            actions: ['noteCrash', 'reportCrash', 'noteExhausted'],
          },
          { target: 'backingOff', actions: ['noteCrash', 'reportCrash'] },
        ],
        'leadership.lost': { guard: 'isElected', target: '.standingDown' },
        stop: '.stopping',
      },
      states: {
        fresh: { after: { steadyPeriod: 'steady' } },
        steady: { entry: 'forgiveRestarts' },
        standingDown: {
          entry: 'stopChildInOrder',
          on: {
            'xstate.done.actor.child': '#guardian.standingBy',
            'xstate.error.actor.child': {
              target: '#guardian.standingBy',
              actions: ['noteCrash', 'reportCrash'],
            },
            'leadership.lost': {},
          },
        },
        stopping: {
          entry: 'stopChildInOrder',
          on: {
            'xstate.error.actor.child': {
              target: '#guardian.ended',
              actions: ['noteCrash', 'reportCrash'],
            },
            'leadership.lost': {},
          },
        },
      },
    },
    backingOff: {
      entry: 'countRestart',
      after: { restartBackoff: 'up' },
      on: { 'leadership.lost': { guard: 'isElected', target: 'standingBy' }, stop: 'ended' },
    },
    ended: { type: 'final' },
    exhausted: { type: 'final' },
  },
  output: ({ context }) => ({
    name: context.name,
    exhausted: context.exhausted,
    childOutput: context.childOutput,
  }),
});
