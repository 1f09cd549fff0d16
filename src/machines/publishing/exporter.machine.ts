/**
 * Publishes one listing file every interval: at once at the start, empty or not (clients ask for it), and once more as
 * soon as an empty one has something to tell.
 *
 * Invariants: at most one export at a time; a file is published only after it was written whole (staged); a failure
 * publishes nothing and is retried with backoff; a stop during an export drops the staged file.
 * Heard by: writer (`market.written`), supervisor (`database.*`, `stop`), configuration (`interval.changed`), who asks over the
 * socket (`publish.now`).
 */
import { assign, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type {
  IntervalEvent,
  MarketWrittenEvent,
  PublishNowEvent,
  QuiesceEvent,
  StopEvent,
} from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface ExporterInput {
  readonly intervalMs: number;
  /** How long the first rows wait for company when the file is empty. */
  readonly firstMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

/** A whole file beside its target, not yet visible to readers; owned by the actor that staged it. */
export interface StagedExport {
  readonly token: number;
  readonly rows: number;
  readonly stations: number;
}

export interface PublishedExport {
  readonly rows: number;
  readonly stations: number;
  readonly bytes: number;
  /** False: the same bytes were there already, the file kept its modification time. */
  readonly changed: boolean;
}

interface ExporterContext extends ExporterInput {
  readonly attempt: number;
  readonly lastError: string | null;
  readonly staged: StagedExport | null;
  /** Rows were committed since the last export began. */
  readonly writtenSince: boolean;
  readonly published: PublishedExport | null;
  /** Somebody asked since the last export began. */
  readonly asked: boolean;
}

export type ExporterEvent = MarketWrittenEvent | PublishNowEvent | QuiesceEvent | IntervalEvent | StopEvent;

export const exporterMachine = setup({
  types: {
    context: {} as ExporterContext,
    events: {} as ExporterEvent,
    input: {} as ExporterInput,
  },
  actors: {
    /** Writes the file whole beside its target. */
    stage: promiseSlot<StagedExport>('stage'),
    /** Makes the staged file the public one. */
    publish: promiseSlot<PublishedExport, StagedExport>('publish'),
  },
  delays: {
    exportInterval: ({ context }) => context.intervalMs,
    firstDelay: ({ context }) => context.firstMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isEmpty: (_, { rows }: PublishedExport) => rows === 0,
    writtenSince: ({ context }) => context.writtenSince,
    isAsked: ({ context }) => context.asked,
  },
  actions: {
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    resetAttempts: assign({ attempt: 0, lastError: null }),
    noteFailure: assign({
      lastError: (_, { error }: { error: unknown }) =>
        error instanceof Error ? error.message : String(error),
    }),
    noteWritten: assign({ writtenSince: true }),
    /** What comes from now on is for the next export. */
    beginAnew: assign({ writtenSince: false, asked: false }),
    noteAsked: assign({ asked: true }),
    noteStaged: assign({ staged: (_, staged: StagedExport) => staged }),
    notePublished: assign({ published: (_, published: PublishedExport) => published }),
    noteInterval: assign({
      intervalMs: ({ context, event }) =>
        event.type === 'interval.changed' ? event.intervalMs : context.intervalMs,
    }),
    // Told to the operator, and to the maintenance window, by the wiring.
    reportQuiet: () => undefined,
    reportPublished: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'exporter',
  context: ({ input }) => ({
    ...input,
    attempt: 0,
    lastError: null,
    staged: null,
    writtenSince: false,
    published: null,
    asked: false,
  }),
  initial: 'exporting',
  on: {
    stop: '.closed',
    'database.quiesce': '.paused',
    'market.written': { actions: 'noteWritten' },
    'interval.changed': { actions: 'noteInterval' },
    'publish.now': { actions: 'noteAsked' },
  },
  states: {
    exporting: {
      entry: 'beginAnew',
      invoke: {
        src: 'stage',
        onDone: {
          target: 'publishing',
          actions: { type: 'noteStaged', params: ({ event }) => event.output },
        },
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    publishing: {
      invoke: {
        src: 'publish',
        input: ({ context }) => context.staged ?? { token: -1, rows: 0, stations: 0 },
        onDone: [
          {
            guard: 'isAsked',
            target: 'exporting',
            actions: [
              { type: 'notePublished', params: ({ event }) => event.output },
              'resetAttempts',
              'reportPublished',
            ],
          },
          {
            guard: { type: 'isEmpty', params: ({ event }) => event.output },
            target: 'waiting.first',
            actions: [
              { type: 'notePublished', params: ({ event }) => event.output },
              'resetAttempts',
              'reportPublished',
            ],
          },
          {
            target: 'waiting.interval',
            actions: [
              { type: 'notePublished', params: ({ event }) => event.output },
              'resetAttempts',
              'reportPublished',
            ],
          },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    waiting: {
      initial: 'interval',
      on: { 'publish.now': 'exporting' },
      states: {
        first: {
          always: { guard: 'writtenSince', target: 'gathering' },
          after: { exportInterval: '#exporter.exporting' },
        },
        gathering: { after: { firstDelay: '#exporter.exporting' } },
        interval: { after: { exportInterval: '#exporter.exporting' } },
      },
    },
    backingOff: {
      entry: ['countAttempt', 'reportFailure'],
      after: { retryBackoff: 'exporting' },
      on: { 'publish.now': 'exporting' },
    },
    paused: {
      entry: 'reportQuiet',
      on: { 'database.release': 'exporting' },
    },
    closed: { type: 'final' },
  },
});
