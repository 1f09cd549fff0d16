/**
 * One folder of journals: read once from its beginning, then followed.
 *
 * Invariants: one look at a time; what stirs during a look is looked at after it; it is looked every interval even where
 * nothing is ever noticed; a folder that is not there, or cannot be read, is tried again for ever.
 * Heard by: the watchers' pool (`scan.progressed`, `stop`), its own notice (`folder.stirred`). What was read before a stop is
 * kept; the next life goes on there.
 */
import { assign, setup } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import type { Look, LookedAt, ScanProgress } from '../../domain/ports/commanders/journal-folder.ts';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { StopEvent } from '../protocol.ts';
import { callbackSlot, promiseSlot } from '../slots.ts';

export interface JournalWatcherInput {
  /** Between two looks where nothing is noticed. */
  readonly pollMs: number;
  /** How long what stirs is waited for to settle. */
  readonly gatherMs: number;
  /** Between two looks for a folder that is not there. */
  readonly absentMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

interface JournalWatcherContext extends JournalWatcherInput {
  /** Failed looks in a row. */
  readonly attempt: number;
  readonly lastError: string | null;
  /** It was not there last time. */
  readonly isAbsent: boolean;
  /** Something stirred since the look began. */
  readonly hasStirred: boolean;
  /** Of the first look at everything. */
  readonly progress: ScanProgress | null;
  /** What the last look found. */
  readonly looked: LookedAt | null;
}

export type JournalWatcherEvent =
  StopEvent | { readonly type: 'folder.stirred' } | ({ readonly type: 'scan.progressed' } & ScanProgress);

interface Failed {
  readonly error: unknown;
}

interface Found {
  /** Null: there is no such folder. */
  readonly looked: LookedAt | null;
}

export const journalWatcherMachine = setup({
  types: {
    context: {} as JournalWatcherContext,
    events: {} as JournalWatcherEvent,
    input: {} as JournalWatcherInput,
    tags: {} as 'absent' | 'scanning' | 'tailing' | 'backingOff',
  },
  actors: {
    /** Reads what is new, and keeps it. */
    look: promiseSlot<LookedAt | null, Look>('look'),
    /** Tells when something stirs, as far as the system does. */
    notice: callbackSlot<{ readonly type: 'never' }>('notice'),
  },
  delays: {
    pollInterval: ({ context }) => context.pollMs,
    gathering: ({ context }) => context.gatherMs,
    absentInterval: ({ context }) => context.absentMs,
    retryBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
  },
  guards: {
    isAbsent: (_, { looked }: Found) => looked === null,
    isStillAbsent: ({ context }, { looked }: Found) => looked === null && context.isAbsent,
    hasStirred: ({ context }) => context.hasStirred,
  },
  actions: {
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    noteFailure: assign({ lastError: (_, { error }: Failed) => describeError(error) }),
    noteLooked: assign({
      looked: ({ context }, { looked }: Found) => looked ?? context.looked,
      attempt: 0,
      lastError: null,
      isAbsent: false,
    }),
    noteAbsent: assign({ isAbsent: true, attempt: 0, lastError: null }),
    noteProgress: assign({ progress: (_, progress: ScanProgress) => progress }),
    noteStir: assign({ hasStirred: true }),
    forgetStir: assign({ hasStirred: false }),
    // Told to the operator by the wiring.
    reportAbsent: () => undefined,
    reportProgress: () => undefined,
    reportScanned: () => undefined,
    reportProblems: () => undefined,
    reportFailure: () => undefined,
  },
}).createMachine({
  id: 'journal-watcher',
  context: ({ input }) => ({
    ...input,
    ...{ attempt: 0, lastError: null, isAbsent: false, hasStirred: false, progress: null, looked: null },
  }),
  initial: 'scanning',
  on: { stop: '.closed' },
  states: {
    scanning: {
      tags: 'scanning',
      invoke: {
        src: 'look',
        input: { everything: true },
        onDone: [
          {
            guard: { type: 'isStillAbsent', params: ({ event }) => ({ looked: event.output }) },
            target: 'absent',
          },
          {
            guard: { type: 'isAbsent', params: ({ event }) => ({ looked: event.output }) },
            target: 'absent',
            actions: ['noteAbsent', 'reportAbsent'],
          },
          {
            target: 'tailing',
            actions: [
              { type: 'noteLooked', params: ({ event }) => ({ looked: event.output }) },
              'reportScanned',
              'reportProblems',
            ],
          },
        ],
        onError: {
          target: 'backingOff',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: {
        'scan.progressed': {
          actions: [{ type: 'noteProgress', params: ({ event }) => event }, 'reportProgress'],
        },
      },
    },
    absent: {
      tags: 'absent',
      after: { absentInterval: 'scanning' },
    },
    tailing: {
      tags: 'tailing',
      invoke: { src: 'notice' },
      initial: 'waiting',
      states: {
        waiting: {
          after: { pollInterval: 'looking' },
          on: { 'folder.stirred': 'gathering' },
        },
        gathering: { after: { gathering: 'looking' } },
        looking: {
          entry: 'forgetStir',
          invoke: {
            src: 'look',
            input: { everything: false },
            onDone: [
              {
                guard: { type: 'isAbsent', params: ({ event }) => ({ looked: event.output }) },
                target: '#journal-watcher.absent',
                actions: ['noteAbsent', 'reportAbsent'],
              },
              {
                guard: 'hasStirred',
                target: 'gathering',
                actions: [
                  { type: 'noteLooked', params: ({ event }) => ({ looked: event.output }) },
                  'reportProblems',
                ],
              },
              {
                target: 'waiting',
                actions: [
                  { type: 'noteLooked', params: ({ event }) => ({ looked: event.output }) },
                  'reportProblems',
                ],
              },
            ],
            onError: {
              target: '#journal-watcher.backingOff',
              actions: { type: 'noteFailure', params: ({ event }) => ({ error: event.error }) },
            },
          },
          on: { 'folder.stirred': { actions: 'noteStir' } },
        },
      },
    },
    backingOff: {
      tags: 'backingOff',
      entry: ['countAttempt', 'reportFailure'],
      after: { retryBackoff: 'scanning' },
    },
    closed: { type: 'final' },
  },
});
