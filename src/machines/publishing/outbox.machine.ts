/**
 * Tells a broker what is written: follows the change log from where the broker has been told to. Where that is not known
 * any more (it was emptied, the log does not reach back) the broker is filled anew, then followed again.
 *
 * Invariants: one thing at a time; how far it is lies with the broker, so a kill or another process that goes on loses
 * nothing; an outage is waited out with backoff and disturbs nobody. Where there is no broker it does nothing.
 * Heard by: station pool (`market.written`), supervisor (`stop`).
 */
import { assign, setup } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { MarketWrittenEvent, StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface OutboxInput {
  /** False: there is no broker. */
  readonly enabled: boolean;
  readonly startMs: number;
  /** What is written in the meantime is told together. */
  readonly gatherMs: number;
  /** Others may write the log, too. */
  readonly lookMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

/**
 * Why a broker is filled anew: it has nothing of ours; filling it was not ended; the log was begun anew; it was kept for
 * too short a time.
 */
export type RefillReason = 'empty' | 'unfinished' | 'otherLog' | 'trimmed';

/** Where following the log has led to. */
export interface Told {
  /** Entries of the log. */
  readonly changes: number;
  /** Null: to its end. */
  readonly refill: RefillReason | null;
}

interface OutboxContext extends OutboxInput {
  readonly attempt: number;
  readonly lastError: string | null;
  /** Something was written while it was looked. */
  readonly isPoked: boolean;
  readonly refill: RefillReason;
  /** Of this incarnation. */
  readonly changesTold: number;
  /** When it was filled last. */
  readonly marketsFilled: number;
}

export type OutboxEvent = MarketWrittenEvent | StopEvent;

export const outboxMachine = setup({
  types: {
    context: {} as OutboxContext,
    events: {} as OutboxEvent,
    input: {} as OutboxInput,
  },
  actors: {
    /** Tells what is new in the change log, to its end. */
    tell: promiseSlot<Told>('tell'),
    /** Tells every market there is. @returns how many */
    fill: promiseSlot<number, { readonly reason: RefillReason }>('fill'),
  },
  delays: {
    startDelay: ({ context }) => context.startMs,
    gatherTime: ({ context }) => context.gatherMs,
    lookInterval: ({ context }) => context.lookMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isEnabled: ({ context }) => context.enabled,
    isPoked: ({ context }) => context.isPoked,
    mustRefill: (_, { refill }: Told) => refill !== null,
  },
  actions: {
    notePoke: assign({ isPoked: true }),
    forgetPoke: assign({ isPoked: false }),
    noteTold: assign({
      changesTold: ({ context }, { changes }: Told) => context.changesTold + changes,
      refill: ({ context }, { refill }: Told) => refill ?? context.refill,
      attempt: 0,
      lastError: null,
    }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) => describeError(error),
    }),
    noteFilled: assign({
      marketsFilled: (_, { markets }: { markets: number }) => markets,
      ...{ attempt: 0, lastError: null },
    }),
    reportTold: () => undefined,
    reportRefill: () => undefined,
    reportFilled: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'outbox',
  context: ({ input }) => ({
    ...input,
    ...{ attempt: 0, lastError: null, isPoked: false, refill: 'empty', changesTold: 0, marketsFilled: 0 },
  }),
  initial: 'idle',
  on: { stop: '.closed' },
  states: {
    idle: { after: { startDelay: { guard: 'isEnabled', target: 'telling' } } },
    telling: {
      entry: 'forgetPoke',
      invoke: {
        src: 'tell',
        onDone: [
          {
            guard: { type: 'mustRefill', params: ({ event }) => event.output },
            target: 'filling',
            actions: [{ type: 'noteTold', params: ({ event }) => event.output }, 'reportRefill'],
          },
          {
            target: 'waiting',
            actions: [{ type: 'noteTold', params: ({ event }) => event.output }, 'reportTold'],
          },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { 'market.written': { actions: 'notePoke' } },
    },
    filling: {
      invoke: {
        src: 'fill',
        input: ({ context }) => ({ reason: context.refill }),
        onDone: {
          target: 'telling',
          actions: [
            { type: 'noteFilled', params: ({ event }) => ({ markets: event.output }) },
            'reportFilled',
          ],
        },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    waiting: {
      always: { guard: 'isPoked', target: 'gathering' },
      after: { lookInterval: 'telling' },
      on: { 'market.written': 'gathering' },
    },
    gathering: { after: { gatherTime: 'telling' } },
    backingOff: {
      entry: 'reportFailure',
      after: { retryBackoff: 'telling' },
    },
    closed: { type: 'final' },
  },
});
