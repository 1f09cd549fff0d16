/**
 * Opens a maintenance window when a purge or a tidying of the database is due, and within the active hours.
 *
 * Invariants: nothing is done before every user of the database has said that it is quiet, and nothing while a dump
 * is being imported; whatever opened a window also closes it; one task at a time; a task that fails neither keeps the
 * other from running nor ends anything: it is tried again with backoff. The feed goes on all the time.
 * Heard by: users of the database (`database.quiet`), configuration (`settings.changed`), supervisor (`stop`).
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { QuietEvent, SettingsChangedEvent, StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface MaintenanceWindowInput {
  /** Actors that must be quiet. */
  readonly users: readonly string[];
  /** How long they may take to become it. */
  readonly quiesceMs: number;
  /** How long an import is left alone before it is asked for again. */
  readonly deferMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

export type Outlook =
  | { readonly next: 'nothing'; readonly waitMs: number }
  | { readonly next: 'outsideHours'; readonly waitMs: number }
  | { readonly next: 'defer' }
  | { readonly next: 'begin'; readonly purge: boolean; readonly optimize: boolean };

export interface MaintenanceWindowContext extends MaintenanceWindowInput {
  /** Until something is due, or allowed. */
  readonly waitMs: number;
  readonly quiet: readonly string[];
  readonly optimizeDue: boolean;
  readonly purgeDue: boolean;
  /** Something in the present window. */
  readonly failed: boolean;
  readonly attempt: number;
  readonly lastError: string | null;
}

export type MaintenanceWindowEvent = QuietEvent | SettingsChangedEvent | StopEvent;

/** Timers take no more than 2^31 ms, and clocks may be set: after this time it is looked again. */
const LONGEST_WAIT_MS = 3_600_000;

type Due = Extract<Outlook, { next: 'begin' }>;

export const maintenanceWindowMachine = setup({
  types: {
    context: {} as MaintenanceWindowContext,
    events: {} as MaintenanceWindowEvent,
    input: {} as MaintenanceWindowInput,
  },
  actors: {
    /** Finds out which tasks can work at all, and tells the operator. */
    probe: promiseSlot<undefined>('probe'),
    /** What is to be done now, or when. */
    look: promiseSlot<Outlook>('look'),
    /** Asked once the users are quiet: whether really nobody works on the database. */
    isFree: promiseSlot<boolean>('isFree'),
    purge: promiseSlot<undefined>('purge'),
    optimize: promiseSlot<undefined>('optimize'),
    /** Resolves when nothing that was stopped is at work any more. */
    tasksEnd: promiseSlot<undefined>('tasksEnd'),
  },
  delays: {
    untilNext: ({ context }) => Math.min(context.waitMs, LONGEST_WAIT_MS),
    deferral: ({ context }) => context.deferMs,
    quiesceTimeout: ({ context }) => context.quiesceMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isNext: (_, { outlook, next }: { outlook: Outlook; next: Outlook['next'] }) => outlook.next === next,
    allQuiet: ({ context }) => context.users.every((user) => context.quiet.includes(user)),
    isFree: (_, free: boolean) => free,
    purgeDue: ({ context }) => context.purgeDue,
    optimizeDue: ({ context }) => context.optimizeDue,
    failed: ({ context }) => context.failed,
  },
  actions: {
    noteWait: assign({ waitMs: (_, outlook: Outlook) => ('waitMs' in outlook ? outlook.waitMs : 0) }),
    noteDue: assign({
      purgeDue: (_, outlook: Outlook) => (outlook as Due).purge,
      optimizeDue: (_, outlook: Outlook) => (outlook as Due).optimize,
    }),
    forgetQuiet: assign({ quiet: [], failed: false }),
    noteQuiet: assign({
      quiet: ({ context, event }) =>
        event.type === 'database.quiet' ? [...context.quiet, event.user] : context.quiet,
    }),
    notePurged: assign({ purgeDue: false }),
    noteOptimized: assign({ optimizeDue: false }),
    noteFailure: assign({
      failed: true,
      lastError: ({ context }, { error }: { error: unknown }) => {
        const text = error instanceof Error ? error.message : String(error);
        return context.failed ? `${context.lastError ?? ''}; ${text}` : text;
      },
    }),
    noteNotQuiet: assign({
      failed: true,
      lastError: ({ context }) => {
        const loud = context.users.filter((user) => !context.quiet.includes(user));
        return `${loud.join(' and ')} did not let go of the database in ${context.quiesceMs / 1000} s`;
      },
    }),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1, failed: false }),
    forgetFailures: assign({ attempt: 0, lastError: null }),
    // Told to the supervisor and to the operator by the wiring.
    beginMaintenance: () => undefined,
    endMaintenance: () => undefined,
    reportOutsideHours: () => undefined,
    reportDeferred: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'maintenance-window',
  context: ({ input }) => ({
    ...input,
    waitMs: 0,
    quiet: [],
    optimizeDue: false,
    purgeDue: false,
    failed: false,
    attempt: 0,
    lastError: null,
  }),
  initial: 'probing',
  on: { stop: '.closed' },
  states: {
    probing: {
      invoke: {
        src: 'probe',
        onDone: 'looking',
        onError: { target: 'backingOff', actions: { type: 'noteFailure', params: ({ event }) => event } },
      },
    },
    looking: {
      invoke: {
        src: 'look',
        onDone: [
          {
            guard: { type: 'isNext', params: ({ event }) => ({ outlook: event.output, next: 'begin' }) },
            target: 'window',
            actions: { type: 'noteDue', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'isNext', params: ({ event }) => ({ outlook: event.output, next: 'defer' }) },
            target: 'deferring',
          },
          {
            guard: {
              type: 'isNext',
              params: ({ event }) => ({ outlook: event.output, next: 'outsideHours' }),
            },
            target: 'outsideHours',
            actions: { type: 'noteWait', params: ({ event }) => event.output },
          },
          { target: 'waiting', actions: { type: 'noteWait', params: ({ event }) => event.output } },
        ],
        onError: { target: 'backingOff', actions: { type: 'noteFailure', params: ({ event }) => event } },
      },
    },
    waiting: {
      after: { untilNext: 'looking' },
      on: { 'settings.changed': 'probing' },
    },
    outsideHours: {
      entry: 'reportOutsideHours',
      after: { untilNext: 'looking' },
      on: { 'settings.changed': 'probing' },
    },
    deferring: {
      entry: 'reportDeferred',
      after: { deferral: 'looking' },
    },
    window: {
      entry: ['forgetQuiet', 'beginMaintenance'],
      exit: 'endMaintenance',
      initial: 'quiescing',
      on: { stop: '.closing' },
      states: {
        quiescing: {
          on: { 'database.quiet': { actions: 'noteQuiet' } },
          always: { guard: 'allQuiet', target: 'confirming' },
          after: { quiesceTimeout: { target: '#maintenance-window.resuming', actions: 'noteNotQuiet' } },
        },
        /** An import may have begun between the look and the quiet. */
        confirming: {
          invoke: {
            src: 'isFree',
            onDone: [
              { guard: { type: 'isFree', params: ({ event }) => event.output }, target: 'choosing' },
              { target: '#maintenance-window.deferring' },
            ],
            onError: {
              target: '#maintenance-window.resuming',
              actions: { type: 'noteFailure', params: ({ event }) => event },
            },
          },
        },
        choosing: {
          always: [{ guard: 'purgeDue', target: 'purging' }, { target: 'optimizing' }],
        },
        purging: {
          invoke: {
            src: 'purge',
            onDone: [
              { guard: 'optimizeDue', target: 'optimizing', actions: 'notePurged' },
              { target: '#maintenance-window.resuming', actions: 'notePurged' },
            ],
            onError: [
              {
                guard: 'optimizeDue',
                target: 'optimizing',
                actions: { type: 'noteFailure', params: ({ event }) => event },
              },
              {
                target: '#maintenance-window.resuming',
                actions: { type: 'noteFailure', params: ({ event }) => event },
              },
            ],
          },
        },
        optimizing: {
          invoke: {
            src: 'optimize',
            onDone: { target: '#maintenance-window.resuming', actions: 'noteOptimized' },
            onError: {
              target: '#maintenance-window.resuming',
              actions: { type: 'noteFailure', params: ({ event }) => event },
            },
          },
        },
        closing: {
          invoke: {
            src: 'tasksEnd',
            onDone: '#maintenance-window.closed',
            onError: '#maintenance-window.closed',
          },
          on: { stop: {} },
        },
      },
    },
    /** The users are told already. */
    resuming: {
      always: [
        { guard: 'failed', target: 'backingOff' },
        { target: 'looking', actions: 'forgetFailures' },
      ],
    },
    backingOff: {
      entry: ['countAttempt', 'reportFailure'],
      after: { retryBackoff: 'looking' },
      on: { 'settings.changed': 'probing' },
    },
    closed: { type: 'final' },
  },
});
