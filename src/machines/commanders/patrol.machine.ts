/**
 * One patrol: a region of which no market may be older than so many hours.
 *
 * Invariants: it is `kept` only as long as what its last look told holds: nothing is too old, and what is to be looked at is
 * on somebody's list who is there in time; else it is `short`, and says of what. What cannot be looked at is not known: it
 * waits (`idle`) and looks again. Done once, it ends when nothing is too old.
 * Heard by: the patrols' pool (`patrol.resume`, `patrol.change`, `patrol.remove`, `stop`).
 */
import { assign, setup } from 'xstate';
import {
  isShort,
  isThrough,
  type PatrolLook,
  type PatrolOrder,
  type PatrolState,
} from '../../domain/tours/patrols/patrol.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface PatrolInput {
  readonly order: PatrolOrder;
  /** Of an earlier life; null: none. */
  readonly look: PatrolLook | null;
  /** How long a look is good for, at most. */
  readonly keptMs: number;
  readonly shortMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
  readonly nowMs: () => number;
}

interface PatrolContext extends PatrolInput {
  /** As the last look told it; `idle`: there was none, or it failed. */
  readonly state: PatrolState;
  /** Failed looks in a row. */
  readonly failures: number;
}

export type PatrolEvent =
  | StopEvent
  /** Begins, or goes on where an earlier life was. */
  | { readonly type: 'patrol.resume' }
  /** Other commanders, another region or age. */
  | { readonly type: 'patrol.change'; readonly order: PatrolOrder }
  | { readonly type: 'patrol.remove' };

/** A timer that is due is late by a moment; none is set for less. */
const LEAST_MS = 1_000;

export const patrolMachine = setup({
  types: {
    context: {} as PatrolContext,
    events: {} as PatrolEvent,
    input: {} as PatrolInput,
    tags: {} as 'looking',
  },
  actors: {
    /** Looks at the region, and sends commanders where they are needed. */
    look: promiseSlot<PatrolLook, PatrolOrder>('look'),
  },
  delays: {
    lookBackoff: ({ context }) => backoffMs(context.backoff, context.failures, context.random),
    keptLook: ({ context }) => untilLook(context, context.keptMs),
    shortLook: ({ context }) => untilLook(context, context.shortMs),
  },
  guards: {
    isThrough: ({ context }, look: PatrolLook) => isThrough(context.order, look),
    isShort: (_, look: PatrolLook) => isShort(look),
  },
  actions: {
    note: assign({ state: (_, { state }: { state: PatrolState }) => state }),
    takeLook: assign({ look: (_, look: PatrolLook) => look, failures: 0 }),
    changeOrder: assign({
      order: (_, { order }: { order: PatrolOrder }) => order,
      look: null,
      failures: 0,
    }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    /** Writes what is known now. */
    keep: () => undefined,
    report: () => undefined,
    /** Calls its commanders back. */
    withdraw: () => undefined,
  },
}).createMachine({
  id: 'patrol',
  context: ({ input }) => ({ ...input, state: 'idle', failures: 0 }),
  initial: 'idle',
  on: {
    stop: '.closed',
    'patrol.remove': '.removed',
    'patrol.change': {
      target: '.planning',
      reenter: true,
      actions: { type: 'changeOrder', params: ({ event }) => event },
    },
  },
  states: {
    idle: {
      entry: { type: 'note', params: { state: 'idle' } },
      after: { lookBackoff: 'planning' },
      on: { 'patrol.resume': 'planning' },
    },
    planning: {
      tags: 'looking',
      invoke: {
        src: 'look',
        input: ({ context }) => context.order,
        onDone: [
          {
            guard: { type: 'isThrough', params: ({ event }) => event.output },
            target: 'done',
            actions: { type: 'takeLook', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'isShort', params: ({ event }) => event.output },
            target: 'short',
            actions: { type: 'takeLook', params: ({ event }) => event.output },
          },
          { target: 'kept', actions: { type: 'takeLook', params: ({ event }) => event.output } },
        ],
        onError: { target: 'idle', actions: 'countFailure' },
      },
    },
    kept: {
      entry: [{ type: 'note', params: { state: 'kept' } }, 'keep', 'report'],
      after: { keptLook: 'planning' },
    },
    short: {
      entry: [{ type: 'note', params: { state: 'short' } }, 'keep', 'report'],
      after: { shortLook: 'planning' },
    },
    done: {
      type: 'final',
      entry: [{ type: 'note', params: { state: 'done' } }, 'keep', 'report', 'withdraw'],
    },
    removed: { type: 'final', entry: 'withdraw' },
    closed: { type: 'final' },
  },
});

function untilLook({ look, nowMs }: PatrolContext, longestMs: number): number {
  const validMs = look === null ? 0 : look.validUntilS * 1_000 - nowMs();
  return Math.min(longestMs, Math.max(LEAST_MS, validMs));
}
