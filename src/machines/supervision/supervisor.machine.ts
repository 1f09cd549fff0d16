/**
 * The root: starts the others in dependency order, keeps them alive through guardians, and ends them in order.
 *
 * Invariants: nothing is started before the spool is open; draining closes the feed first, then writes what is
 * queued, then ends the rest, then spools what could not be written, then closes the files; all but the last two
 * under one deadline; the output says why it ended. A child that crashes too often, or ends with a failure (a
 * database that can never work as it is set up), ends the daemon in the same order.
 * Heard by: signals and one-shots (`stop`), station pool (`stations.settled`), maintenance (`maintenance.*`).
 */
import { assign, sendTo, setup, spawnChild, stopChild } from 'xstate';
import { guardianMachine, type GuardianInput, type GuardianOutput } from './guardian.machine.ts';
import type { ChildOutput, Failure, MaintenanceEvent, StationsSettledEvent, StopEvent } from '../protocol.ts';
import { callbackSlot, promiseSlot } from '../slots.ts';

/** The steps of a drain, in order. */
type DrainStep = 'intake' | 'queue' | 'rest';

/** Every guarded child, in starting order, named as its machine; and the step of a drain in which it is told to stop. */
export const CHILDREN = {
  catalogue: 'rest',
  writer: 'queue',
  exporter: 'rest',
  historian: 'rest',
  outbox: 'rest',
  'delta-publisher': 'rest',
  // Both work on the database for long, and go on where they were at the next start.
  'spansh-updater': 'intake',
  'maintenance-window': 'intake',
  leadership: 'rest',
  mirror: 'rest',
  listener: 'intake',
} as const satisfies Readonly<Record<string, DrainStep>>;

export type ChildName = keyof typeof CHILDREN;
export const CHILD_NAMES = Object.keys(CHILDREN) as readonly ChildName[];

/** Something for each child. */
export function eachChild<T>(of: (name: ChildName) => T): Record<ChildName, T> {
  return Object.fromEntries(CHILD_NAMES.map((name) => [name, of(name)])) as Record<ChildName, T>;
}

export interface SupervisorInput {
  /** How long feed, writer and the rest may take to end before the remaining snapshots go to the spool. */
  readonly drainMs: number;
  readonly guardians: Readonly<Record<ChildName, GuardianInput>>;
}

interface SupervisorContext extends SupervisorInput {
  /** Children that were started and have not ended. */
  readonly alive: readonly ChildName[];
  readonly failure: Failure | null;
}

interface ChildParams {
  readonly name: ChildName;
}

interface GuardianEnded {
  readonly type: `xstate.done.actor.${ChildName}`;
  readonly output: GuardianOutput;
}

export type SupervisorEvent =
  | StopEvent
  | StationsSettledEvent
  | MaintenanceEvent
  | GuardianEnded
  | { readonly type: 'xstate.error.actor.stations'; readonly error: unknown };

export interface SupervisorOutput {
  readonly failure: Failure | null;
}

/** Supervisor, and the pool itself -> station pool. */
export type StationsCommand =
  | { readonly type: 'stations.flush' }
  | { readonly type: 'feed.finished' }
  | { readonly type: 'pool.emptied' };

const allDo = <Type extends string>(type: Type, names: readonly ChildName[]) =>
  names.map((name) => ({ type, params: { name } }));
const toldIn = (step: DrainStep) =>
  allDo(
    'stopChild',
    CHILD_NAMES.filter((name) => CHILDREN[name] === step),
  );

export const supervisorMachine = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    input: {} as SupervisorInput,
    output: {} as SupervisorOutput,
    tags: {} as 'starting' | 'ready' | 'quiesced',
  },
  actors: {
    /** Opens the spool. */
    prepare: promiseSlot<undefined>('prepare'),
    stations: callbackSlot<StationsCommand>('stations'),
    ...eachChild(() => guardianMachine),
    /** Puts every unsettled snapshot into the spool. */
    spoolRest: promiseSlot<undefined>('spoolRest'),
    /** Closes store, spool and threads. */
    release: promiseSlot<undefined>('release'),
  },
  delays: { drainDeadline: ({ context }) => context.drainMs },
  guards: {
    /** A finite feed has been read: that is no failure. */
    feedEnded: ({ event }) => event.type === 'xstate.done.actor.listener' && failureOf(event) === null,
    hasEnded: ({ context }, { name }: ChildParams) => !context.alive.includes(name),
    allEnded: ({ context }) => context.alive.length === 0,
    failed: ({ context }) => context.failure !== null,
  },
  actions: {
    startStations: spawnChild('stations', { id: 'stations', systemId: 'stations' }),
    startChild: assign({
      alive: ({ context, spawn }, { name }: ChildParams) => {
        spawn(name, { id: name, input: context.guardians[name] });
        return [...context.alive, name];
      },
    }),
    noteEnded: assign({
      alive: ({ context, event }) =>
        context.alive.filter((name) => event.type !== `xstate.done.actor.${name}`),
    }),
    noteFailure: assign({ failure: ({ context, event }) => context.failure ?? failureOf(event) }),
    noteBootFailure: assign({
      failure: (_, { error }: { error: unknown }): Failure => ({ kind: 'setup', reason: messageOf(error) }),
    }),
    noteLateFailure: assign({
      failure: ({ context }, { error }: { error: unknown }): Failure =>
        context.failure ?? { kind: 'crash', reason: messageOf(error) },
    }),
    stopChild: sendTo((_, { name }: ChildParams) => name, { type: 'stop' }),
    // Who has not ended by the deadline must not work on files that are about to be closed.
    abandonChild: stopChild((_, { name }: ChildParams) => name),
    noteAbandoned: assign({ alive: [] }),
    flushStations: sendTo('stations', { type: 'stations.flush' }),
    tellFeedFinished: sendTo('stations', { type: 'feed.finished' }),
    // Told to the operator, or to children behind their guardians, by the wiring.
    quiesceDatabase: () => undefined,
    releaseDatabase: () => undefined,
    reportDraining: () => undefined,
    reportDeadline: () => undefined,
  },
}).createMachine({
  id: 'supervisor',
  context: ({ input }) => ({ ...input, alive: [], failure: null }),
  initial: 'booting',
  on: {
    'xstate.done.actor.*': [
      { guard: 'feedEnded', target: '.finishing', actions: 'noteEnded' },
      { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    ],
    'xstate.error.actor.stations': { target: '.draining', actions: 'noteFailure' },
    stop: '.draining',
  },
  states: {
    booting: {
      tags: 'starting',
      invoke: {
        src: 'prepare',
        onDone: {
          target: 'running',
          actions: ['startStations', ...allDo('startChild', CHILD_NAMES)],
        },
        onError: {
          target: 'draining.closing',
          actions: { type: 'noteBootFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { stop: 'draining.closing' },
    },
    running: {
      tags: 'ready',
      on: { 'maintenance.begin': 'maintenance' },
    },
    maintenance: {
      tags: ['ready', 'quiesced'],
      entry: 'quiesceDatabase',
      exit: 'releaseDatabase',
      on: { 'maintenance.end': 'running' },
    },
    /** A finite feed has ended: what it brought is still being settled. */
    finishing: {
      tags: 'ready',
      entry: 'tellFeedFinished',
      on: { 'stations.settled': 'draining' },
    },
    draining: {
      entry: 'reportDraining',
      initial: 'orderly',
      on: {
        'xstate.done.actor.*': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.error.actor.stations': { actions: 'noteFailure' },
        stop: {},
      },
      states: {
        orderly: {
          on: { 'xstate.error.actor.stations': { target: 'spooling', actions: 'noteFailure' } },
          after: { drainDeadline: { target: 'spooling', actions: 'reportDeadline' } },
          initial: 'closingFeed',
          states: {
            closingFeed: {
              entry: toldIn('intake'),
              always: { guard: { type: 'hasEnded', params: { name: 'listener' } }, target: 'flushing' },
            },
            flushing: {
              entry: ['flushStations', ...toldIn('queue')],
              always: { guard: { type: 'hasEnded', params: { name: 'writer' } }, target: 'endingRest' },
            },
            endingRest: {
              entry: toldIn('rest'),
              always: { guard: 'allEnded', target: '#supervisor.draining.spooling' },
            },
          },
        },
        spooling: {
          entry: [...allDo('abandonChild', CHILD_NAMES), 'noteAbandoned'],
          invoke: {
            src: 'spoolRest',
            onDone: 'closing',
            onError: {
              target: 'closing',
              actions: { type: 'noteLateFailure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        closing: {
          invoke: {
            src: 'release',
            onDone: [{ guard: 'failed', target: '#supervisor.failed' }, { target: '#supervisor.stopped' }],
            onError: {
              target: '#supervisor.failed',
              actions: { type: 'noteLateFailure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
      },
    },
    stopped: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => ({ failure: context.failure }),
});

/** Why a guardian's end (or the pool's crash) is a failure; null when the child just finished. */
function failureOf(event: SupervisorEvent): Failure | null {
  if (event.type === 'xstate.error.actor.stations') return { kind: 'crash', reason: messageOf(event.error) };
  if (!('output' in event)) return null;
  const { name, exhausted, childOutput } = event.output;
  if (exhausted !== null) return { kind: 'crash', reason: `${name} failed too often: ${exhausted}` };
  return (childOutput as ChildOutput | null)?.failure ?? null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
