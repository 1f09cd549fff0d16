/**
 * Brings the galaxy up to date from Spansh: at start, then every interval. Check, download, import, publish, demote;
 * after each step what was reached is on disk, and the next one is planned from there: going on after a crash is the
 * ordinary way, not another one. In between it looks every now and then whether there is something to publish all the
 * same: a file that is missing, or what `tdl import` has brought. A dump that somebody gives it goes first; a failure of that
 * is theirs.
 *
 * Invariants: a dump that was imported is not imported again; nothing is published before an import is complete,
 * nothing demoted before its file is public; a failure moves nothing forward and is retried with backoff, never
 * sooner than the server asked; no step on the database begins in a maintenance window.
 * Heard by: supervisor (`database.*`, `stop`), configuration (`interval.changed`), who asks over the socket (`publish.now`,
 * `import.now`). Tells the catalogue that systems and commodities may have grown.
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { ImportNowEvent, IntervalEvent, PublishNowEvent, QuiesceEvent, StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface SpanshUpdaterInput {
  /** Before the first check: the feed comes first. */
  readonly startMs: number;
  /** Between two checks. */
  readonly intervalMs: number;
  /** Between two looks at what is public. */
  readonly lookMs: number;
  /** False: nothing is done but what is asked for, as `--no-update` wants and a replayed file needs. */
  readonly enabled: boolean;
  /** For tests (`TDL_REFRESH_QUICK_TEST`): only the catalogue is refreshed, once, after so long; null: normal work. */
  readonly quickTestMs: number | null;
  readonly backoff: Backoff;
  readonly random: Random;
}

export type UpdateStep = 'check' | 'import' | 'importGiven' | 'publish' | 'demote';

export interface UpdatePlan {
  readonly step: UpdateStep;
  /** Until the active hours of the step begin; 0: now is one of them. */
  readonly opensInMs: number;
}

/** Newer than what was tried last, or not. */
export interface CheckResult {
  readonly changed: boolean;
}

interface SpanshUpdaterContext extends SpanshUpdaterInput {
  readonly attempt: number;
  readonly lastError: string | null;
  /** What the server asked us to wait at least; 0: nothing. */
  readonly retryAfterMs: number;
  readonly opensInMs: number;
  /** 0: a check is due, if nothing else is. */
  readonly checkInMs: number;
  /** A maintenance window is open. */
  readonly quiesced: boolean;
  /** Somebody wants everything published now. */
  readonly asked: boolean;
}

export type SpanshUpdaterEvent = PublishNowEvent | ImportNowEvent | QuiesceEvent | IntervalEvent | StopEvent;

const toNobody: (_: unknown, params: { readonly error: unknown }) => void = () => undefined;

export const spanshUpdaterMachine = setup({
  types: {
    context: {} as SpanshUpdaterContext,
    events: {} as SpanshUpdaterEvent,
    input: {} as SpanshUpdaterInput,
    /** The database is worked on, or may be at once: no maintenance window opens meanwhile. */
    tags: {} as 'updating',
  },
  actors: {
    /** What was reached decides what is next, and the active hours whether now. */
    plan: promiseSlot<UpdatePlan, { readonly asked: boolean }>('plan'),
    /** Asks the source which dump it has. */
    check: promiseSlot<CheckResult>('check'),
    /** Brings the dump to the disk, going on where an earlier try ended. */
    download: promiseSlot<undefined>('download'),
    importDump: promiseSlot<undefined>('importDump'),
    /** Imports what somebody has asked for, and tells them. */
    importGiven: promiseSlot<undefined>('importGiven'),
    publish: promiseSlot<undefined>('publish'),
    /** Makes baseline of exactly what `listings.csv` has. */
    demote: promiseSlot<undefined>('demote'),
  },
  delays: {
    lookInterval: ({ context }) => Math.min(context.lookMs, context.checkInMs),
    untilOpen: ({ context }) => Math.min(context.lookMs, context.opensInMs),
    startDelay: ({ context }) => context.quickTestMs ?? context.startMs,
    retryBackoff: ({ context }) =>
      Math.max(context.retryAfterMs, backoffMs(context.backoff, context.attempt, context.random)),
  },
  guards: {
    disabled: ({ context }) => !context.enabled && !context.asked,
    /** Of one that does nothing by itself: what was asked for is done. */
    isRest: ({ context: { enabled, quickTestMs, asked } }, { step }: UpdatePlan) =>
      (!enabled || quickTestMs !== null) &&
      step !== 'demote' &&
      step !== 'importGiven' &&
      !(asked && step === 'publish'),
    isQuickTest: ({ context }) => context.quickTestMs !== null,
    isStep: (_, { plan, step }: { plan: UpdatePlan; step: UpdateStep }) => plan.step === step,
    nothingDue: ({ context }, { step }: UpdatePlan) => step === 'check' && context.checkInMs > 0,
    isClosed: (_, { opensInMs }: UpdatePlan) => opensInMs > 0,
    mustWait: ({ context }, { step }: UpdatePlan) => context.quiesced && step !== 'check',
    isChanged: (_, { changed }: CheckResult) => changed,
  },
  actions: {
    noteOpening: assign({ opensInMs: (_, { opensInMs }: UpdatePlan) => opensInMs }),
    noteFailure: assign({
      attempt: ({ context }) => context.attempt + 1,
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
      retryAfterMs: (_, { error }: { error: unknown }) => retryAfterOf(error),
    }),
    /** Nothing is known to be newer than what was imported. */
    noteUpToDate: assign({ checkInMs: ({ context }) => context.intervalMs }),
    noteRested: assign({
      checkInMs: ({ context }) => Math.max(0, context.checkInMs - context.lookMs),
    }),
    forgetError: assign({ lastError: null, retryAfterMs: 0 }),
    forgetFailures: assign({ attempt: 0, lastError: null, retryAfterMs: 0 }),
    noteAsked: assign({ asked: true }),
    forgetAsked: assign({ asked: false }),
    noteQuiesced: assign({ quiesced: true }),
    noteReleased: assign({ quiesced: false }),
    noteInterval: assign(({ context, event }) =>
      event.type === 'interval.changed'
        ? { intervalMs: event.intervalMs, checkInMs: Math.min(context.checkInMs, event.intervalMs) }
        : {},
    ),
    // Told to the operator and to the catalogue by the wiring.
    refreshCatalogue: () => undefined,
    reportOutsideHours: () => undefined,
    reportFailure: () => undefined,
    reportNotImported: toNobody,
  },
}).createMachine({
  id: 'spansh-updater',
  context: ({ input }) => ({
    ...input,
    attempt: 0,
    lastError: null,
    retryAfterMs: 0,
    opensInMs: 0,
    checkInMs: 0,
    quiesced: false,
    asked: false,
  }),
  initial: 'starting',
  on: {
    stop: '.closed',
    'database.quiesce': { actions: 'noteQuiesced' },
    'database.release': { actions: 'noteReleased' },
    'interval.changed': { actions: 'noteInterval' },
    'publish.now': { actions: 'noteAsked' },
  },
  states: {
    starting: {
      after: {
        startDelay: [
          { guard: 'disabled', target: 'disabled' },
          { guard: 'isQuickTest', target: 'disabled', actions: 'refreshCatalogue' },
          { target: 'planning' },
        ],
      },
      on: { 'import.now': 'planning' },
    },
    disabled: {
      on: { 'publish.now': { target: 'planning', actions: 'noteAsked' }, 'import.now': 'planning' },
    },
    planning: {
      // What follows an import is planned in here.
      tags: 'updating',
      // What is being planned may not know of it.
      on: { 'import.now': { target: 'planning', reenter: true } },
      invoke: {
        src: 'plan',
        input: ({ context: { asked } }) => ({ asked }),
        onDone: [
          { guard: { type: 'isRest', params: ({ event }) => event.output }, target: 'disabled' },
          { guard: { type: 'nothingDue', params: ({ event }) => event.output }, target: 'idle' },
          {
            guard: { type: 'isClosed', params: ({ event }) => event.output },
            target: 'outsideHours',
            actions: { type: 'noteOpening', params: ({ event }) => event.output },
          },
          { guard: { type: 'mustWait', params: ({ event }) => event.output }, target: 'paused' },
          {
            guard: { type: 'isStep', params: ({ event }) => ({ plan: event.output, step: 'import' }) },
            target: 'importing',
          },
          {
            guard: { type: 'isStep', params: ({ event }) => ({ plan: event.output, step: 'importGiven' }) },
            target: 'importingGiven',
          },
          {
            guard: { type: 'isStep', params: ({ event }) => ({ plan: event.output, step: 'publish' }) },
            target: 'publishing',
          },
          {
            guard: { type: 'isStep', params: ({ event }) => ({ plan: event.output, step: 'demote' }) },
            target: 'demoting',
          },
          { target: 'checking' },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    outsideHours: {
      entry: 'reportOutsideHours',
      after: { untilOpen: 'planning' },
      on: { 'publish.now': { target: 'planning', actions: 'noteAsked' }, 'import.now': 'planning' },
    },
    paused: {
      on: { 'database.release': { target: 'planning', actions: 'noteReleased' } },
    },
    checking: {
      on: { 'import.now': 'planning' },
      invoke: {
        src: 'check',
        onDone: [
          { guard: { type: 'isChanged', params: ({ event }) => event.output }, target: 'downloading' },
          { target: 'idle', actions: 'noteUpToDate' },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    downloading: {
      // It goes on after that where it was.
      on: { 'import.now': 'planning' },
      invoke: {
        src: 'download',
        // One that is of no use is not fetched again and again.
        onDone: { target: 'planning', actions: 'forgetError' },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    importing: {
      tags: 'updating',
      invoke: {
        src: 'importDump',
        onDone: { target: 'planning', actions: ['forgetFailures', 'noteUpToDate', 'refreshCatalogue'] },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    importingGiven: {
      tags: 'updating',
      invoke: {
        src: 'importGiven',
        onDone: { target: 'planning', actions: 'refreshCatalogue' },
        onError: {
          target: 'planning',
          actions: { type: 'reportNotImported', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    publishing: {
      tags: 'updating',
      invoke: {
        src: 'publish',
        onDone: { target: 'planning', actions: ['forgetFailures', 'forgetAsked'] },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    demoting: {
      tags: 'updating',
      invoke: {
        src: 'demote',
        onDone: { target: 'planning', actions: 'forgetFailures' },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    idle: {
      entry: 'forgetFailures',
      after: { lookInterval: { target: 'planning', actions: 'noteRested' } },
      on: { 'publish.now': { target: 'planning', actions: 'noteAsked' }, 'import.now': 'planning' },
    },
    backingOff: {
      entry: 'reportFailure',
      after: { retryBackoff: 'planning' },
      on: { 'publish.now': { target: 'planning', actions: 'noteAsked' }, 'import.now': 'planning' },
    },
    closed: { type: 'final' },
  },
});

/** What an error of the source may carry: how long it asks to be left alone. */
function retryAfterOf(error: unknown): number {
  const ms = typeof error === 'object' && error !== null && 'retryAfterMs' in error ? error.retryAfterMs : 0;
  return typeof ms === 'number' ? ms : 0;
}
