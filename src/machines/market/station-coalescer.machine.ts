/**
 * One market with work in flight: keeps the newest observation until it is settled.
 *
 * Invariants: in every state a newer (or equally old, later received) observation replaces the waiting one and an
 * older one is dropped; a failed write is tried again, never dropped for contention; a newer snapshot does not reset
 * the backoff of a deferred one; every snapshot that enters is counted exactly once: superseded, committed (written
 * or stale), rejected or parked.
 * Lives in actors/station-coalescer/pool.ts as a root actor, which supplies the actions that touch the world.
 */
import { and, assign, setup } from 'xstate';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';

export interface CoalescerInput {
  readonly snapshot: Snapshot;
  readonly backoff: Backoff;
  /** Database errors in a row (contention does not count) after which the snapshot is parked. */
  readonly maxFailures: number;
  readonly random: Random;
}

export interface CoalescerContext extends Omit<CoalescerInput, 'snapshot'> {
  /** The newest observation: a handle, its rows are never copied. */
  readonly newest: Snapshot;
  /** What the store was given; null when nothing is being written. */
  readonly inFlight: Snapshot | null;
  /** Deferrals in a row: drives the backoff. */
  readonly attempt: number;
  /** Of those, database errors. */
  readonly failures: number;
}

/** What the store said of the snapshot in flight, one event a kind of answer. */
export type WriteAnswer =
  | { readonly type: 'write.committed'; readonly outcome: 'written' | 'remembered' | 'stale' }
  | { readonly type: 'write.rejected'; readonly reason: string }
  | { readonly type: 'write.unknownSystem' }
  | { readonly type: 'write.contended' }
  | { readonly type: 'write.failed' }
  /** The whole database was gone: nothing is known of this station. */
  | { readonly type: 'write.unavailable' };

export type CoalescerEvent =
  | WriteAnswer
  | { readonly type: 'snapshot.observed'; readonly snapshot: Snapshot }
  | { readonly type: 'write.started' }
  /** Last call before a shutdown: do not wait for the backoff. */
  | { readonly type: 'flush' };

export const stationCoalescerMachine = setup({
  types: {
    context: {} as CoalescerContext,
    events: {} as CoalescerEvent,
    input: {} as CoalescerInput,
    tags: {} as 'deferred',
  },
  delays: {
    deferralBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    newer: ({ context, event }) =>
      event.type === 'snapshot.observed' && event.snapshot.observedAtS >= context.newest.observedAtS,
    /** A newer snapshot arrived while one was being written. */
    newerWaits: ({ context }) => context.newest !== context.inFlight,
    lastFailure: ({ context }) => context.failures + 1 >= context.maxFailures,
  },
  actions: {
    takeNewer: assign({
      newest: ({ context, event }) => (event.type === 'snapshot.observed' ? event.snapshot : context.newest),
    }),
    beginWrite: assign({ inFlight: ({ context }) => context.newest }),
    endWrite: assign({ inFlight: null }),
    countDeferral: assign({ attempt: ({ context }) => context.attempt + 1 }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    resetAttempts: assign({ attempt: 0, failures: 0 }),
    // What follows touches the world: supplied by the pool.
    requestWrite: () => undefined,
    /** A snapshot gave way to a newer one without having been written. */
    countSuperseded: () => undefined,
    countCommitted: () => undefined,
    countRejected: () => undefined,
    park: () => undefined,
  },
}).createMachine({
  id: 'station-coalescer',
  context: ({ input: { snapshot, ...input } }) => ({
    ...input,
    newest: snapshot,
    inFlight: null,
    attempt: 0,
    failures: 0,
  }),
  initial: 'pending',
  on: {
    'snapshot.observed': [
      { guard: 'newer', actions: ['countSuperseded', 'takeNewer'] },
      { actions: 'countSuperseded' },
    ],
  },
  states: {
    pending: {
      entry: ['endWrite', 'requestWrite'],
      on: { 'write.started': 'writing' },
    },
    writing: {
      entry: 'beginWrite',
      on: {
        'snapshot.observed': [
          // The one in flight gets its own answer; only one that waits behind it is superseded.
          { guard: and(['newer', 'newerWaits']), actions: ['countSuperseded', 'takeNewer'] },
          { guard: 'newer', actions: 'takeNewer' },
          { actions: 'countSuperseded' },
        ],
        'write.committed': [
          { guard: 'newerWaits', target: 'pending', actions: ['countCommitted', 'resetAttempts'] },
          { target: 'written', actions: 'countCommitted' },
        ],
        'write.rejected': [
          { guard: 'newerWaits', target: 'pending', actions: ['countRejected', 'resetAttempts'] },
          { target: 'rejected', actions: 'countRejected' },
        ],
        'write.unknownSystem': [
          { guard: 'newerWaits', target: 'pending', actions: ['countSuperseded', 'resetAttempts'] },
          { target: 'parked', actions: 'park' },
        ],
        'write.contended': [
          { guard: 'newerWaits', target: 'deferred', actions: ['countSuperseded', 'countDeferral'] },
          { target: 'deferred', actions: 'countDeferral' },
        ],
        'write.failed': [
          {
            guard: 'newerWaits',
            target: 'deferred',
            actions: ['countSuperseded', 'countDeferral', 'countFailure'],
          },
          { guard: 'lastFailure', target: 'parked', actions: 'park' },
          { target: 'deferred', actions: ['countDeferral', 'countFailure'] },
        ],
        'write.unavailable': [
          { guard: 'newerWaits', target: 'pending', actions: 'countSuperseded' },
          { target: 'pending' },
        ],
      },
    },
    deferred: {
      tags: 'deferred',
      entry: 'endWrite',
      after: { deferralBackoff: 'pending' },
      on: { flush: 'pending' },
    },
    written: { type: 'final' },
    parked: { type: 'final' },
    rejected: { type: 'final' },
  },
});
