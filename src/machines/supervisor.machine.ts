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
import type { ChildOutput, Failure, MaintenanceEvent, StationsSettledEvent, StopEvent } from './protocol.ts';
import { callbackSlot, promiseSlot } from './slots.ts';

export interface SupervisorInput {
  /** How long feed, writer and the rest may take to end before the remaining snapshots go to the spool. */
  readonly drainMs: number;
  readonly guardians: Readonly<Record<GuardedName, GuardianInput>>;
}

/** In starting order. */
export const GUARDED = ['catalogue', 'writer', 'exporter', 'updater', 'maintenance', 'listener'] as const;
export type GuardedName = (typeof GUARDED)[number];

interface SupervisorContext extends SupervisorInput {
  /** Children that were started and have not ended. */
  readonly alive: readonly GuardedName[];
  readonly failure: Failure | null;
}

type GuardianEnded = {
  [Name in GuardedName]: { readonly type: `xstate.done.actor.${Name}`; readonly output: GuardianOutput };
}[GuardedName];

export type SupervisorEvent =
  | StopEvent
  | StationsSettledEvent
  | MaintenanceEvent
  | GuardianEnded
  | { readonly type: 'xstate.error.actor.stations'; readonly error: unknown };

export interface SupervisorOutput {
  readonly failure: Failure | null;
}

/** Supervisor -> station pool. */
export type StationsCommand = { readonly type: 'stations.flush' } | { readonly type: 'feed.finished' };

export const supervisorMachine = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    input: {} as SupervisorInput,
    output: {} as SupervisorOutput,
  },
  actors: {
    /** Opens the spool. */
    prepare: promiseSlot<undefined>('prepare'),
    stations: callbackSlot<StationsCommand>('stations'),
    catalogue: guardianMachine,
    writer: guardianMachine,
    exporter: guardianMachine,
    updater: guardianMachine,
    maintenance: guardianMachine,
    listener: guardianMachine,
    /** Puts every unsettled snapshot into the spool. */
    spoolRest: promiseSlot<undefined>('spoolRest'),
    /** Closes store, spool and threads. */
    release: promiseSlot<undefined>('release'),
  },
  delays: { drainDeadline: ({ context }) => context.drainMs },
  guards: {
    childFailed: ({ event }) => failureOf(event) !== null,
    listenerEnded: ({ context }) => !context.alive.includes('listener'),
    writerEnded: ({ context }) => !context.alive.includes('writer'),
    allEnded: ({ context }) => context.alive.length === 0,
    failed: ({ context }) => context.failure !== null,
  },
  actions: {
    startStations: spawnChild('stations', { id: 'stations', systemId: 'stations' }),
    startCatalogue: spawnChild('catalogue', {
      id: 'catalogue',
      input: ({ context }) => context.guardians.catalogue,
    }),
    startWriter: spawnChild('writer', {
      id: 'writer',
      input: ({ context }) => context.guardians.writer,
    }),
    startExporter: spawnChild('exporter', {
      id: 'exporter',
      input: ({ context }) => context.guardians.exporter,
    }),
    startUpdater: spawnChild('updater', {
      id: 'updater',
      input: ({ context }) => context.guardians.updater,
    }),
    startMaintenance: spawnChild('maintenance', {
      id: 'maintenance',
      input: ({ context }) => context.guardians.maintenance,
    }),
    startListener: spawnChild('listener', {
      id: 'listener',
      input: ({ context }) => context.guardians.listener,
    }),
    noteStarted: assign({ alive: GUARDED }),
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
    stopListener: sendTo('listener', { type: 'stop' }),
    stopWriter: sendTo('writer', { type: 'stop' }),
    stopCatalogue: sendTo('catalogue', { type: 'stop' }),
    stopExporter: sendTo('exporter', { type: 'stop' }),
    stopUpdater: sendTo('updater', { type: 'stop' }),
    stopMaintenance: sendTo('maintenance', { type: 'stop' }),
    // Who has not ended by the deadline must not work on files that are about to be closed.
    abandonCatalogue: stopChild('catalogue'),
    abandonWriter: stopChild('writer'),
    abandonExporter: stopChild('exporter'),
    abandonUpdater: stopChild('updater'),
    abandonMaintenance: stopChild('maintenance'),
    abandonListener: stopChild('listener'),
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
    'xstate.done.actor.catalogue': { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    'xstate.done.actor.writer': { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    'xstate.done.actor.exporter': { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    'xstate.done.actor.updater': { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    'xstate.done.actor.maintenance': { target: '.draining', actions: ['noteFailure', 'noteEnded'] },
    'xstate.done.actor.listener': [
      { guard: 'childFailed', target: '.draining', actions: ['noteFailure', 'noteEnded'] },
      { target: '.finishing', actions: 'noteEnded' },
    ],
    'xstate.error.actor.stations': { target: '.draining', actions: 'noteFailure' },
    stop: '.draining',
  },
  states: {
    booting: {
      invoke: {
        src: 'prepare',
        onDone: {
          target: 'running',
          actions: [
            'startStations',
            'startCatalogue',
            'startWriter',
            'startExporter',
            'startUpdater',
            'startMaintenance',
            'noteStarted',
            'startListener',
          ],
        },
        onError: {
          target: 'draining.closing',
          actions: { type: 'noteBootFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { stop: 'draining.closing' },
    },
    running: {
      on: { 'maintenance.begin': 'maintenance' },
    },
    maintenance: {
      entry: 'quiesceDatabase',
      exit: 'releaseDatabase',
      on: { 'maintenance.end': 'running' },
    },
    /** A finite feed has ended: what it brought is still being settled. */
    finishing: {
      entry: 'tellFeedFinished',
      on: { 'stations.settled': 'draining' },
    },
    draining: {
      entry: 'reportDraining',
      initial: 'orderly',
      on: {
        'xstate.done.actor.catalogue': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.done.actor.writer': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.done.actor.exporter': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.done.actor.updater': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.done.actor.maintenance': { actions: ['noteFailure', 'noteEnded'] },
        'xstate.done.actor.listener': { actions: ['noteFailure', 'noteEnded'] },
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
              // Both work on the database for long, and go on where they were at the next start.
              entry: ['stopListener', 'stopUpdater', 'stopMaintenance'],
              always: { guard: 'listenerEnded', target: 'flushing' },
            },
            flushing: {
              entry: ['flushStations', 'stopWriter'],
              always: { guard: 'writerEnded', target: 'endingRest' },
            },
            endingRest: {
              entry: ['stopCatalogue', 'stopExporter'],
              always: { guard: 'allEnded', target: '#supervisor.draining.spooling' },
            },
          },
        },
        spooling: {
          entry: [
            'abandonCatalogue',
            'abandonWriter',
            'abandonExporter',
            'abandonUpdater',
            'abandonMaintenance',
            'abandonListener',
            'noteAbandoned',
          ],
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
