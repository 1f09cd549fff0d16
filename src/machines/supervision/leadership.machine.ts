/**
 * Whether this daemon does what only one of several on a database may do (updater, publishing, maintenance): it holds a
 * lease, or looks when it can have it. Where no others are meant to be, it is alone, and nothing is asked.
 *
 * Invariants: nothing elected runs but while the lease is held, by this machine's own reckoning and a margin; it claims
 * only when all that was elected has ended; who yields has ended it before the lease is free, and lets others go first.
 * Heard by: who asks over the socket (`leadership.yield`), supervisor (`stop`).
 */
import { assign, setup } from 'xstate';
import type { Claimed, Leader, Renewed } from '../../domain/ports/upkeep/leadership.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent, YieldEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface LeadershipInput {
  /** Whether other daemons share the database. */
  readonly shared: boolean;
  /** Between two looks of who does not lead. */
  readonly lookMs: number;
  /** Between two renewals of the lease. */
  readonly renewMs: number;
  /** How long who has yielded leaves it to others. */
  readonly restMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

interface LeadershipContext extends LeadershipInput {
  readonly attempt: number;
  readonly lastError: string | null;
  /** Of whom it is known. */
  readonly leader: Leader | null;
  /** How long the lease is held from the last answer on. */
  readonly heldMs: number;
}

export const leadershipMachine = setup({
  types: {
    context: {} as LeadershipContext,
    events: {} as YieldEvent | StopEvent,
    input: {} as LeadershipInput,
    tags: {} as 'leads' | 'yields',
  },
  actors: {
    /** Ends whatever is elected; resolves when nothing of it is at work. */
    standDown: promiseSlot<undefined>('standDown'),
    claim: promiseSlot<Claimed>('claim'),
    renew: promiseSlot<Renewed>('renew'),
    release: promiseSlot<undefined>('release'),
  },
  delays: {
    lookInterval: ({ context }) => context.lookMs,
    renewInterval: ({ context }) => context.renewMs,
    tenureEnd: ({ context }) => context.heldMs,
    restTime: ({ context }) => context.restMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isShared: ({ context }) => context.shared,
    // An answer may be read long after it was given, by a process that stood still.
    leads: (_, answer: Claimed) => answer.leads && answer.heldMs > 0,
    isHeld: (_, answer: Renewed) => answer.held && answer.heldMs > 0,
  },
  actions: {
    noteLeader: assign({
      leader: (_, answer: Claimed) => (answer.leads && answer.heldMs <= 0 ? null : answer.leader),
      attempt: 0,
      lastError: null,
    }),
    noteHeld: assign({
      heldMs: (_, answer: Claimed | Renewed) => ('heldMs' in answer ? answer.heldMs : 0),
      lastError: null,
    }),
    noteFailure: assign({
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
    }),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    forgetLeader: assign({ leader: null }),
    // Told to guardians and to the operator by the wiring.
    startElected: () => undefined,
    reportLeads: () => undefined,
    reportFollows: () => undefined,
    reportLost: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'leadership',
  context: ({ input }) => ({ ...input, attempt: 0, lastError: null, leader: null, heldMs: 0 }),
  initial: 'alone',
  on: { stop: '.closed' },
  states: {
    alone: {
      tags: 'leads',
      always: { guard: 'isShared', target: 'candidate' },
    },
    candidate: {
      initial: 'standingDown',
      states: {
        /** Of an earlier tenure, or of a machine before this one that crashed. */
        standingDown: { invoke: { src: 'standDown', onDone: 'claiming', onError: 'claiming' } },
        claiming: {
          invoke: {
            src: 'claim',
            onDone: [
              {
                guard: { type: 'leads', params: ({ event }) => event.output },
                target: '#leadership.leader',
                actions: [
                  { type: 'noteLeader', params: ({ event }) => event.output },
                  { type: 'noteHeld', params: ({ event }) => event.output },
                  'reportLeads',
                  'startElected',
                ],
              },
              {
                target: 'waiting',
                actions: [{ type: 'noteLeader', params: ({ event }) => event.output }, 'reportFollows'],
              },
            ],
            onError: {
              target: 'backingOff',
              actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        waiting: { after: { lookInterval: 'claiming' } },
        backingOff: {
          entry: ['countAttempt', 'reportFailure'],
          after: { retryBackoff: 'claiming' },
        },
      },
    },
    leader: {
      tags: 'leads',
      after: { tenureEnd: { target: 'candidate', actions: ['reportLost', 'forgetLeader'] } },
      on: { 'leadership.yield': 'yielding', stop: 'closing' },
      initial: 'holding',
      states: {
        holding: { after: { renewInterval: 'renewing' } },
        renewing: {
          invoke: {
            src: 'renew',
            onDone: [
              {
                guard: { type: 'isHeld', params: ({ event }) => event.output },
                target: '#leadership.leader',
                reenter: true,
                actions: { type: 'noteHeld', params: ({ event }) => event.output },
              },
              { target: '#leadership.candidate', actions: ['reportLost', 'forgetLeader'] },
            ],
            // Tried again until the tenure ends.
            onError: {
              target: 'holding',
              actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
      },
    },
    yielding: {
      tags: 'yields',
      initial: 'standingDown',
      on: { stop: 'closing' },
      states: {
        standingDown: { invoke: { src: 'standDown', onDone: 'releasing', onError: 'releasing' } },
        releasing: {
          exit: 'forgetLeader',
          invoke: { src: 'release', onDone: '#leadership.resting', onError: '#leadership.resting' },
        },
      },
    },
    resting: { after: { restTime: 'candidate' } },
    closing: {
      invoke: { src: 'release', onDone: 'closed', onError: 'closed' },
      on: { stop: {} },
    },
    closed: { type: 'final' },
  },
});
