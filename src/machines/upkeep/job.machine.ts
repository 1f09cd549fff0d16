/**
 * One job: finite work in a process of its own, which is begun again as its restart policy says.
 *
 * Invariants: at most one process at a time, and none after the end; every state is kept before anything else happens; who
 * stops it ends it, however its process takes that; a stop of the daemon changes nothing: the next life goes on.
 * Heard by: the pool of jobs (`job.turn`, `job.stop`, `stop`), which runs one at a time.
 */
import { assign, setup } from 'xstate';
import { beginsAgain, restartDelayMs, type Job, type JobEnd, type JobState } from '../../domain/jobs/job.ts';
import type { StopEvent } from '../protocol.ts';
import { promiseSlot } from '../slots.ts';

export interface JobInput {
  readonly job: Job;
  /** How long a process that is asked to end may take. */
  readonly graceMs: number;
  /** Epoch seconds. */
  readonly nowS: () => number;
}

export type JobEvent =
  | StopEvent
  /** No other job runs. */
  | { readonly type: 'job.turn' }
  | { readonly type: 'job.stop' }
  | { readonly type: 'xstate.done.actor.process'; readonly output: JobEnd }
  | { readonly type: 'xstate.error.actor.process'; readonly error: unknown };

export const jobMachine = setup({
  types: {
    context: {} as JobInput,
    events: {} as JobEvent,
    input: {} as JobInput,
    /** `queued`: waits for its turn. `active`: its process may live. */
    tags: {} as 'queued' | 'active',
  },
  actors: {
    /** From its start to its end, with what it has left taken over. */
    process: promiseSlot<JobEnd, Job>('process'),
  },
  delays: {
    restartDelay: ({ context }) => restartDelayMs(context.job),
    grace: ({ context }) => context.graceMs,
  },
  guards: {
    beginsAgain: ({ context }, end: JobEnd) => beginsAgain(context.job, end),
    isDone: ({ context }, end: JobEnd) => end.exitCode === 0 && !beginsAgain(context.job, end),
  },
  actions: {
    note: assign({
      job: ({ context }, { state }: { state: JobState }) => ({ ...context.job, state }),
    }),
    noteStarted: assign({
      job: ({ context }) => ({
        ...context.job,
        ...{ state: 'running' as const, startedAtS: context.nowS() },
        ...{ endedAtS: null, exitCode: null, reason: null },
      }),
    }),
    noteEnd: assign({
      job: ({ context }, { exitCode, reason }: JobEnd) => ({
        ...context.job,
        ...{ exitCode, reason, endedAtS: context.nowS() },
      }),
    }),
    noteUnstarted: assign({
      job: ({ context }) => ({
        ...context.job,
        ...{ reason: 'stopped before it ran', endedAtS: context.nowS() },
      }),
    }),
    countRestart: assign({
      job: ({ context }) => ({ ...context.job, restarts: context.job.restarts + 1 }),
    }),
    // What follows touches the world: supplied by the pool.
    /** Writes the job as it is now. */
    keep: () => undefined,
    report: () => undefined,
    terminate: () => undefined,
    kill: () => undefined,
  },
}).createMachine({
  id: 'job',
  context: ({ input }) => input,
  initial: 'starting',
  states: {
    starting: {
      entry: [{ type: 'note', params: { state: 'starting' } }, 'keep', 'report'],
      on: {
        stop: 'closed',
        'job.stop': { target: 'stopped', actions: 'noteUnstarted' },
      },
      initial: 'queued',
      states: {
        queued: { tags: 'queued', on: { 'job.turn': '#job.active' } },
        backingOff: { after: { restartDelay: 'queued' } },
      },
    },
    active: {
      tags: 'active',
      invoke: { id: 'process', src: 'process', input: ({ context }) => context.job },
      initial: 'running',
      states: {
        running: {
          entry: ['noteStarted', 'keep', 'report'],
          on: {
            stop: 'closing',
            'job.stop': 'stopping',
            'xstate.done.actor.process': [
              {
                guard: { type: 'beginsAgain', params: ({ event }) => event.output },
                target: '#job.starting.backingOff',
                actions: [{ type: 'noteEnd', params: ({ event }) => event.output }, 'countRestart'],
              },
              {
                guard: { type: 'isDone', params: ({ event }) => event.output },
                target: '#job.stopped',
                actions: { type: 'noteEnd', params: ({ event }) => event.output },
              },
              {
                target: '#job.failed',
                actions: { type: 'noteEnd', params: ({ event }) => event.output },
              },
            ],
            'xstate.error.actor.process': [
              {
                guard: { type: 'beginsAgain', params: ({ event }) => endOf(event.error) },
                target: '#job.starting.backingOff',
                actions: [{ type: 'noteEnd', params: ({ event }) => endOf(event.error) }, 'countRestart'],
              },
              {
                target: '#job.failed',
                actions: { type: 'noteEnd', params: ({ event }) => endOf(event.error) },
              },
            ],
          },
        },
        /** Somebody wants it to end. */
        stopping: {
          entry: [{ type: 'note', params: { state: 'stopping' } }, 'keep', 'report', 'terminate'],
          after: { grace: { actions: 'kill' } },
          on: {
            'xstate.done.actor.process': {
              target: '#job.stopped',
              actions: { type: 'noteEnd', params: ({ event }) => event.output },
            },
            'xstate.error.actor.process': {
              target: '#job.stopped',
              actions: { type: 'noteEnd', params: ({ event }) => endOf(event.error) },
            },
          },
        },
        /** The daemon ends. */
        closing: {
          entry: 'terminate',
          after: { grace: { actions: 'kill' } },
          on: {
            'xstate.done.actor.process': [
              {
                guard: { type: 'isDone', params: ({ event }) => event.output },
                target: '#job.stopped',
                actions: { type: 'noteEnd', params: ({ event }) => event.output },
              },
              { target: '#job.closed' },
            ],
            'xstate.error.actor.process': '#job.closed',
          },
        },
      },
    },
    stopped: {
      type: 'final',
      entry: [{ type: 'note', params: { state: 'stopped' } }, 'keep', 'report'],
    },
    failed: {
      type: 'final',
      entry: [{ type: 'note', params: { state: 'failed' } }, 'keep', 'report'],
    },
    closed: { type: 'final' },
  },
});

function endOf(error: unknown): JobEnd {
  return { exitCode: null, reason: error instanceof Error ? error.message : String(error) };
}
