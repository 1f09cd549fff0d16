/**
 * The writer commits what stations queued, many in one transaction.
 *
 * Invariants: at most one write in flight; a batch is taken from the queue only by an invoked write, and a write that
 * fails puts it back before it reports; a database that is gone is retried for ever with backoff (except one that
 * can never work: `refused`), and everything stays queued and spooled meanwhile.
 * Heard by: station pool (`work.*`), supervisor (`database.*`, `stop` = drain the queue, then end).
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { ChildOutput, QuiesceEvent, StopEvent, WorkEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface WriterInput {
  /** Longest wait for company before a commit. */
  readonly gatherMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

/** What one write says of the queue it left behind, or why it wrote nothing. */
export type WriteReport =
  | {
      readonly status: 'done';
      readonly left: 'none' | 'some' | 'fullBatch';
      /** Why the database refused one of the markets, while it may take others; absent: it did not. */
      readonly refusal?: string;
    }
  | { readonly status: 'unavailable'; readonly error: string; readonly refused: boolean };

interface WriterContext extends WriterInput {
  readonly attempt: number;
  readonly lastError: string | null;
  /** A maintenance window was announced while a write was in flight. */
  readonly quiesceAsked: boolean;
  readonly stopAsked: boolean;
  /** Stations queued up while a write was in flight. */
  readonly workArrived: boolean;
  /** Why the database can never work as it is set up. */
  readonly refusal: string | null;
}

export type WriterEvent = WorkEvent | QuiesceEvent | StopEvent;

export const writerMachine = setup({
  types: {
    context: {} as WriterContext,
    events: {} as WriterEvent,
    input: {} as WriterInput,
    output: {} as ChildOutput,
    /** `ready`: works, or waits for the end of a maintenance window; `databaseUsable`: others may ask the database. */
    tags: {} as 'ready' | 'databaseUsable',
  },
  actors: {
    /** Connects (and makes the schema of an empty database); rejects never. */
    openStore: promiseSlot<WriteReport>('openStore'),
    /** Takes one batch from the queue and writes it; rejects never: a failure is a report. */
    writeBatch: promiseSlot<WriteReport>('writeBatch'),
  },
  delays: {
    gatherDelay: ({ context }) => context.gatherMs,
    unavailableBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    refused: (_, report: WriteReport) => report.status === 'unavailable' && report.refused,
    unavailable: (_, report: WriteReport) => report.status === 'unavailable',
    fullBatchLeft: (_, report: WriteReport) => report.status === 'done' && report.left === 'fullBatch',
    someLeft: (_, report: WriteReport) => report.status === 'done' && report.left !== 'none',
    quiesceAsked: ({ context }) => context.quiesceAsked,
    stopAsked: ({ context }) => context.stopAsked,
    workArrived: ({ context }) => context.workArrived,
  },
  actions: {
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    resetAttempts: assign({ attempt: 0, lastError: null }),
    noteError: assign({
      lastError: (_, report: WriteReport) => (report.status === 'unavailable' ? report.error : null),
    }),
    noteRefusal: assign({
      refusal: (_, report: WriteReport) => (report.status === 'unavailable' ? report.error : null),
    }),
    noteQuiesce: assign({ quiesceAsked: true }),
    noteRelease: assign({ quiesceAsked: false }),
    noteStop: assign({ stopAsked: true }),
    noteWork: assign({ workArrived: true }),
    forgetWork: assign({ workArrived: false }),
    // Told to the operator, and to the maintenance window, by the wiring.
    reportQuiet: () => undefined,
    reportUnavailable: () => undefined,
    reportAvailable: () => undefined,
    reportRefusal: (_, report: WriteReport) => report,
  },
}).createMachine({
  id: 'writer',
  context: ({ input }) => ({
    ...input,
    attempt: 0,
    lastError: null,
    quiesceAsked: false,
    stopAsked: false,
    workArrived: false,
    refusal: null,
  }),
  initial: 'opening',
  on: {
    'database.quiesce': { actions: 'noteQuiesce' },
    'database.release': { actions: 'noteRelease' },
    stop: { actions: 'noteStop' },
  },
  states: {
    opening: {
      invoke: {
        src: 'openStore',
        onDone: [
          {
            guard: { type: 'refused', params: ({ event }) => event.output },
            target: 'refused',
            actions: { type: 'noteRefusal', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'unavailable', params: ({ event }) => event.output },
            target: 'unavailable',
            actions: { type: 'noteError', params: ({ event }) => event.output },
          },
          { target: 'choosing' },
        ],
        onError: {
          target: 'unavailable',
          actions: { type: 'noteError', params: ({ event }) => crashed(event.error) },
        },
      },
    },
    /** Between two writes: what was asked for meanwhile comes first; then the queue, which may have filled. */
    choosing: {
      tags: ['ready', 'databaseUsable'],
      always: [
        { guard: 'stopAsked', target: 'draining' },
        { guard: 'quiesceAsked', target: 'paused' },
        { target: 'writing' },
      ],
    },
    idle: {
      tags: ['ready', 'databaseUsable'],
      always: [
        { guard: 'stopAsked', target: 'draining' },
        { guard: 'quiesceAsked', target: 'paused' },
      ],
      on: { 'work.available': 'gathering', 'work.batchFull': 'writing' },
    },
    gathering: {
      tags: ['ready', 'databaseUsable'],
      always: [
        { guard: 'stopAsked', target: 'draining' },
        { guard: 'quiesceAsked', target: 'paused' },
      ],
      after: { gatherDelay: 'writing' },
      on: { 'work.batchFull': 'writing' },
    },
    writing: {
      tags: ['ready', 'databaseUsable'],
      invoke: {
        src: 'writeBatch',
        onDone: [
          {
            guard: { type: 'unavailable', params: ({ event }) => event.output },
            target: 'unavailable',
            actions: { type: 'noteError', params: ({ event }) => event.output },
          },
          // Only a write proves that the database works: it may open and still refuse every transaction.
          {
            guard: { type: 'fullBatchLeft', params: ({ event }) => event.output },
            target: 'choosing',
            actions: [
              'reportAvailable',
              'resetAttempts',
              { type: 'reportRefusal', params: ({ event }) => event.output },
            ],
          },
          {
            guard: { type: 'someLeft', params: ({ event }) => event.output },
            target: 'gathering',
            actions: [
              'reportAvailable',
              'resetAttempts',
              { type: 'reportRefusal', params: ({ event }) => event.output },
            ],
          },
          {
            guard: 'workArrived',
            target: 'gathering',
            actions: [
              'reportAvailable',
              'resetAttempts',
              { type: 'reportRefusal', params: ({ event }) => event.output },
            ],
          },
          {
            target: 'idle',
            actions: [
              'reportAvailable',
              'resetAttempts',
              { type: 'reportRefusal', params: ({ event }) => event.output },
            ],
          },
        ],
        onError: {
          target: 'unavailable',
          actions: { type: 'noteError', params: ({ event }) => crashed(event.error) },
        },
      },
      entry: 'forgetWork',
      on: { 'work.available': { actions: 'noteWork' }, 'work.batchFull': { actions: 'noteWork' } },
    },
    unavailable: {
      entry: ['countAttempt', 'reportUnavailable'],
      always: { guard: 'stopAsked', target: 'closed' },
      after: { unavailableBackoff: 'opening' },
      on: { stop: { target: 'closed' } },
    },
    paused: {
      tags: 'ready',
      entry: 'reportQuiet',
      always: { guard: 'stopAsked', target: 'draining' },
      on: { 'database.release': { target: 'choosing', actions: 'noteRelease' } },
    },
    draining: {
      invoke: {
        src: 'writeBatch',
        onDone: [
          {
            guard: { type: 'unavailable', params: ({ event }) => event.output },
            target: 'closed',
            actions: { type: 'noteError', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'someLeft', params: ({ event }) => event.output },
            target: 'draining',
            reenter: true,
          },
          { target: 'closed' },
        ],
        onError: {
          target: 'closed',
          actions: { type: 'noteError', params: ({ event }) => crashed(event.error) },
        },
      },
    },
    refused: { type: 'final' },
    closed: { type: 'final' },
  },
  output: ({ context }) => ({
    failure: context.refusal === null ? null : { kind: 'setup', reason: context.refusal },
  }),
});

function crashed(error: unknown): WriteReport {
  return {
    status: 'unavailable',
    error: error instanceof Error ? error.message : String(error),
    refused: false,
  };
}
