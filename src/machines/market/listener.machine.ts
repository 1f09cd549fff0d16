/**
 * The listener keeps one feed open and knows whether it is heard.
 *
 * Invariants: at most one feed is invoked; a relay is given up never, a file when it ends or cannot be read; attempts are reset by the
 * first message, not by the connection; every silence is counted as a gap; a paused intake does not count as silence.
 * Heard by: supervisor (`stop`), station pool (`flow.*`). The feed actor stages messages and hands the snapshots to
 * the pool itself: the machine sees one `feed.heard` a batch.
 */
import { assign, sendTo, setup } from 'xstate';
import { backoffMs, type Backoff, type Random } from '../backoff.ts';
import type { ChildOutput, FeedEvent, FlowEvent, StopEvent } from '../protocol.ts';
import { callbackSlot } from '../slots.ts';

export interface ListenerInput {
  /** A file: it is read once, and its failure is the end. A relay is tried again for ever. */
  readonly finite: boolean;
  readonly silenceMs: number;
  readonly connectMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

interface ListenerContext extends ListenerInput {
  readonly attempt: number;
  readonly gaps: number;
  readonly intakePaused: boolean;
  readonly lastError: string | null;
}

interface FeedCrash {
  readonly type: 'xstate.error.actor.feed';
  readonly error: unknown;
}

export type ListenerEvent = FeedEvent | FlowEvent | StopEvent | FeedCrash;
export type FeedCommand = FlowEvent | StopEvent;

/** How long a closing feed may take to stage what it has already read. */
const CLOSE_MS = 5_000;

export const listenerMachine = setup({
  types: {
    context: {} as ListenerContext,
    events: {} as ListenerEvent,
    input: {} as ListenerInput,
    output: {} as ChildOutput,
    tags: {} as 'ready',
  },
  actors: { feed: callbackSlot<FeedCommand>('feed') },
  delays: {
    silenceTimeout: ({ context }) => context.silenceMs,
    connectTimeout: ({ context }) => context.connectMs,
    reconnectBackoff: ({ context }) => backoffMs(context.backoff, context.attempt, context.random),
    closeTimeout: CLOSE_MS,
  },
  guards: {
    finite: ({ context }) => context.finite,
    /** A file is slow at worst, never silent. */
    endless: ({ context }) => !context.finite,
    intakePaused: ({ context }) => context.intakePaused,
    wasLost: ({ context }) => context.attempt > 0,
  },
  actions: {
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    resetAttempts: assign({ attempt: 0, lastError: null }),
    countGap: assign({ gaps: ({ context }) => context.gaps + 1, lastError: 'silence' }),
    noteTimeout: assign({ lastError: 'no connection' }),
    noteFailure: assign({
      lastError: ({ event }) => ('error' in event ? describe(event.error) : 'feed failed'),
    }),
    forgetError: assign({ lastError: null }),
    noteIntakePaused: assign({ intakePaused: true }),
    noteIntakeResumed: assign({ intakePaused: false }),
    pauseFeed: sendTo('feed', { type: 'flow.pause' }),
    resumeFeed: sendTo('feed', { type: 'flow.resume' }),
    closeFeed: sendTo('feed', { type: 'stop' }),
    // Told to the operator by the wiring.
    reportConnected: () => undefined,
    reportLost: () => undefined,
    reportHeard: () => undefined,
  },
}).createMachine({
  id: 'listener',
  context: ({ input }) => ({ ...input, attempt: 0, gaps: 0, intakePaused: false, lastError: null }),
  initial: 'attached',
  on: {
    'flow.pause': { actions: 'noteIntakePaused' },
    'flow.resume': { actions: 'noteIntakeResumed' },
  },
  states: {
    attached: {
      invoke: { id: 'feed', src: 'feed' },
      on: {
        'feed.failed': [
          { guard: 'finite', target: 'failed', actions: 'noteFailure' },
          { target: 'backingOff', actions: 'noteFailure' },
        ],
        'xstate.error.actor.feed': [
          { guard: 'finite', target: 'failed', actions: 'noteFailure' },
          { target: 'backingOff', actions: 'noteFailure' },
        ],
      },
      initial: 'connecting',
      states: {
        connecting: {
          after: {
            connectTimeout: { guard: 'endless', target: '#listener.backingOff', actions: 'noteTimeout' },
          },
          on: {
            'feed.connected': [{ guard: 'intakePaused', target: 'live.paused' }, { target: 'live' }],
            'feed.ended': '#listener.closed',
            stop: 'closing',
          },
        },
        live: {
          tags: 'ready',
          entry: 'reportConnected',
          initial: 'receiving',
          on: { 'feed.ended': '#listener.closed', stop: 'closing' },
          states: {
            receiving: {
              after: {
                silenceTimeout: { guard: 'endless', target: '#listener.silent', actions: 'countGap' },
              },
              on: {
                'feed.heard': [
                  {
                    guard: 'wasLost',
                    target: 'receiving',
                    reenter: true,
                    actions: ['reportHeard', 'resetAttempts'],
                  },
                  { target: 'receiving', reenter: true },
                ],
                'flow.pause': { target: 'paused', actions: 'noteIntakePaused' },
              },
            },
            paused: {
              entry: 'pauseFeed',
              exit: 'resumeFeed',
              on: { 'flow.resume': { target: 'receiving', actions: 'noteIntakeResumed' } },
            },
          },
        },
        closing: {
          entry: 'closeFeed',
          after: { closeTimeout: '#listener.closed' },
          on: {
            'feed.closed': '#listener.closed',
            'feed.ended': '#listener.closed',
            'feed.failed': '#listener.closed',
            'xstate.error.actor.feed': '#listener.closed',
          },
        },
      },
    },
    silent: {
      entry: ['countAttempt', 'reportLost'],
      after: { reconnectBackoff: 'attached' },
      on: { stop: 'closed' },
    },
    backingOff: {
      entry: ['countAttempt', 'reportLost'],
      after: { reconnectBackoff: 'attached' },
      on: { stop: 'closed' },
    },
    closed: { type: 'final', entry: 'forgetError' },
    failed: { type: 'final' },
  },
  output: ({ context }) => ({
    failure: context.lastError === null ? null : { kind: 'crash', reason: context.lastError },
  }),
});

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
