/**
 * One subscriber of what changes in the database.
 *
 * Invariants: what was before comes first, then every change in order; while a reader takes nothing, changes are
 * gathered, one a market, and told when it takes something again; a reader that takes nothing for too long, or for whom
 * too much is gathered, is told so and dropped; a log that has been lost begins anew with what is there.
 * Lives in actors/subscription/hub.ts as a root actor, which supplies the actions that touch the world.
 */
import { assign, setup } from 'xstate';
import type { EndReason } from '../../domain/ports/publishing/push.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface SubscriptionInput<Reader = unknown> {
  /** A handle: only the actions look into it. */
  readonly reader: Reader;
  /** How long a reader may take nothing. */
  readonly stuckMs: number;
}

interface SubscriptionContext extends SubscriptionInput {
  /** Why it has ended; null: it has not. */
  readonly reason: EndReason | null;
}

export type SubscriptionEvent =
  | StopEvent
  /** There is no room for more. */
  | { readonly type: 'reader.slow' }
  /** There is room again. */
  | { readonly type: 'reader.drained' }
  | { readonly type: 'reader.gone' }
  /** What is watched by a name is another now, or is no more. */
  | { readonly type: 'watch.changed' }
  | { readonly type: 'watch.removed' }
  /** More is gathered than may be. */
  | { readonly type: 'queue.full' }
  /** Nobody knows what has changed since the last time. */
  | { readonly type: 'log.lost' };

export const subscriptionMachine = setup({
  types: {
    context: {} as SubscriptionContext,
    events: {} as SubscriptionEvent,
    input: {} as SubscriptionInput,
  },
  actors: {
    /** Tells what was before: what is there, or what has changed since the reader left. */
    replay: promiseSlot<undefined, { readonly reader: unknown }>('replay'),
  },
  delays: { stuck: ({ context }) => context.stuckMs },
  actions: {
    noteReason: assign({ reason: (_, { reason }: { reason: EndReason }) => reason }),
    // What follows touches the world: supplied by the hub.
    /** Gathers from now on, beginning with nothing. */
    gather: () => undefined,
    /** Tells what is gathered, and from now on everything at once. */
    flush: () => undefined,
    tellEnd: () => undefined,
  },
}).createMachine({
  id: 'subscription',
  context: ({ input }) => ({ ...input, reason: null }),
  initial: 'replaying',
  on: {
    stop: { target: '.closed', actions: { type: 'noteReason', params: { reason: 'stopping' } } },
    'reader.gone': { target: '.closed', actions: { type: 'noteReason', params: { reason: 'gone' } } },
    'watch.changed': { target: '.closed', actions: { type: 'noteReason', params: { reason: 'changed' } } },
    'watch.removed': { target: '.closed', actions: { type: 'noteReason', params: { reason: 'removed' } } },
    'queue.full': { target: '.closed', actions: { type: 'noteReason', params: { reason: 'slow' } } },
    'log.lost': { target: '.replaying', reenter: true },
  },
  states: {
    replaying: {
      entry: 'gather',
      invoke: {
        src: 'replay',
        input: ({ context: { reader } }) => ({ reader }),
        onDone: 'live',
        onError: { target: 'closed', actions: { type: 'noteReason', params: { reason: 'database' } } },
      },
      initial: 'telling',
      states: {
        telling: { on: { 'reader.slow': 'waiting' } },
        waiting: {
          after: {
            stuck: {
              target: '#subscription.closed',
              actions: { type: 'noteReason', params: { reason: 'slow' } },
            },
          },
          on: { 'reader.drained': 'telling' },
        },
      },
    },
    live: {
      entry: 'flush',
      on: { 'reader.slow': 'lagging' },
    },
    lagging: {
      after: {
        stuck: { target: 'closed', actions: { type: 'noteReason', params: { reason: 'slow' } } },
      },
      on: { 'reader.drained': 'live' },
    },
    closed: { type: 'final', entry: 'tellEnd' },
  },
});
