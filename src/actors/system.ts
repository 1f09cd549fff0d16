import {
  createActor,
  toPromise,
  type ActorRefFrom,
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
} from 'xstate';
import type { Inspection } from '../domain/ports/upkeep/inspection.ts';
import type { GivenDump, ImportResult } from '../domain/ports/galaxy/spansh-updater.ts';
import type { SpoolEntry } from '../domain/ports/market/spool.ts';
import { OWN_TABLES_MADE } from '../domain/ports/store/learning-store.ts';
import { guardianMachine } from '../machines/supervision/guardian.machine.ts';
import {
  CHILD_NAMES,
  eachChild,
  supervisorMachine,
  type ChildName,
  type StationsCommand,
  type SupervisorOutput,
} from '../machines/supervision/supervisor.machine.ts';
import { createCatalogue } from './catalogue/child.ts';
import { CatalogueHolder } from './catalogue/holder.ts';
import type { Child, Parts, SystemPorts } from './child.ts';
import { createDeltaPublisher } from './delta-publisher/child.ts';
import { createExporter } from './exporter/child.ts';
import { createHistorian } from './historian/child.ts';
import { createLeadership } from './leadership/child.ts';
import { createElected } from './leadership/elected.ts';
import { createListener } from './listener/child.ts';
import type { PublishedExport } from '../machines/publishing/exporter.machine.ts';
import { createMaintenanceWindow } from './maintenance-window/child.ts';
import type { MaintenanceDone, MaintenanceOrder } from './maintenance-window/steps.ts';
import { createMirror } from './mirror/child.ts';
import { ActorBoard } from './observing/actor-board.ts';
import { Inspector } from './observing/inspector.ts';
import { SystemStatus } from './observing/status.ts';
import type { SystemSettings } from './settings.ts';
import { createSpanshUpdater } from './spansh-updater/child.ts';
import type { ImportAsker } from './spansh-updater/given.ts';
import type { WholePublication } from './spansh-updater/steps.ts';
import { Gathering } from './station-coalescer/gathering.ts';
import { Ledger, withoutFate } from './station-coalescer/ledger.ts';
import { StationPool } from './station-coalescer/pool.ts';
import { StationsReporter } from './station-coalescer/reporter.ts';
import { SpoolKeeper } from './station-coalescer/spool-keeper.ts';
import { stationsLogic } from './station-coalescer/stations.ts';
import { createOutbox } from './outbox/child.ts';
import { SupervisorReporter } from './supervisor/reporter.ts';
import { lifecycleLogics } from './supervisor/steps.ts';
import { Learner } from './writer/learner.ts';
import { createWriter } from './writer/child.ts';

export interface System {
  readonly root: ActorRefFrom<typeof supervisorMachine>;
  readonly ledger: Ledger;
  readonly reporter: StationsReporter;
  /** For health, status and metrics. */
  readonly status: SystemStatus;
  start(): void;
  /** Ends in order; {@link done} says when. */
  stop(): void;
  /** From now on: rules for the next message, intervals for the next time. The rest takes a restart. */
  reconfigure(changed: SystemSettings): void;
  /** What may be asked of a running system: each does it, when no more of the same is under way, and says how it went. */
  readonly asking: {
    readonly exportLive: () => Promise<PublishedExport>;
    readonly publish: () => Promise<WholePublication>;
    readonly import: (dump: GivenDump, asker: ImportAsker) => Promise<ImportResult>;
    readonly maintain: (order: MaintenanceOrder) => Promise<MaintenanceDone>;
    /** Lets another daemon lead. */
    readonly yield: () => Promise<void>;
  };
  /** Nothing more comes for now: has written what was gathered of a file. */
  endGathering(): void;
  /** Forgets what is gathered of a file, which is to be read again. */
  readonly leaveGathered: () => void;
  /** Nothing that was read waits for the database in memory only. */
  readonly isAtRest: boolean;
  /** Takes over what waits in the spool of somebody else; on disk when it resolves. */
  adopt(entries: readonly SpoolEntry[]): Promise<void>;
  /** Observes the running system from now on; the caller closes it. Without one nothing is observed. */
  inspect(): Inspection;
  /** Why the system ended. Never rejects. */
  readonly done: Promise<SupervisorOutput>;
}

const MAKERS = {
  catalogue: createCatalogue,
  writer: createWriter,
  exporter: createExporter,
  historian: createHistorian,
  outbox: createOutbox,
  'delta-publisher': createDeltaPublisher,
  'spansh-updater': createSpanshUpdater,
  'maintenance-window': createMaintenanceWindow,
  leadership: createLeadership,
  mirror: createMirror,
  listener: createListener,
} satisfies Readonly<Record<ChildName, (parts: Parts) => Child>>;
type Children = { readonly [Name in ChildName]: ReturnType<(typeof MAKERS)[Name]> };

/** Wires the machines to the ports, once; `start()` starts them. */
export function createSystem(ports: SystemPorts, startSettings: SystemSettings): System {
  const { feed, spool, log, time, random } = ports;
  let settings = startSettings;
  const present = (name: ChildName | 'stations') => root.system.get(name) as AnyActorRef | undefined;
  const tell = (name: ChildName, event: AnyEventObject) => present(name)?.send(event);
  const tellStations = (command: StationsCommand) => present('stations')?.send(command);

  const ledger = new Ledger();
  const keeper = new SpoolKeeper(spool);
  const { gather, ...stations } = settings.stations;
  const gathering = gather && new Gathering(gather);
  const pool: StationPool = new StationPool(
    {
      ...{ ...stations, ledger, keeper, time, random, gathering },
      ...{ feedWaits: feed.finite, recordsHeld: () => learner.waiting },
    },
    {
      workAvailable: () => tell('writer', { type: 'work.available' }),
      batchFull: () => tell('writer', { type: 'work.batchFull' }),
      pauseFeed: () => tell('listener', { type: 'flow.pause' }),
      resumeFeed: () => tell('listener', { type: 'flow.resume' }),
      written: () => {
        reporter.written();
        tell('exporter', { type: 'market.written' });
        if (ports.outbox !== null) tell('outbox', { type: 'market.written' });
      },
      emptied: () => tellStations({ type: 'pool.emptied' }),
    },
  );
  const learner: Learner = new Learner({
    ...{ store: ports.store, spool, keeper, pool, gathering },
    workAvailable: () => tell('writer', { type: 'work.available' }),
    reportTables: () => log.info({}, OWN_TABLES_MADE),
  });
  const reporter: StationsReporter = new StationsReporter(log, ledger, pool, keeper);
  const supervisorReporter = new SupervisorReporter(log, pool);

  const parts: Parts = {
    ...ports,
    ...{ ledger, keeper, pool, learner, tell, present },
    elected: createElected({ children: () => all, guardianOf: (name) => root.getSnapshot().children[name] }),
    settings: () => settings,
    catalogue: new CatalogueHolder(),
    tellSupervisor: (event) => root.send(event),
    quietSayers: () => CHILD_NAMES.filter((name) => all[name].database?.saysQuiet === true),
    isUpdating: () => CHILD_NAMES.some(isUpdating),
  };
  const children = eachChild((name) => MAKERS[name](parts)) as Children;
  const all: Readonly<Record<ChildName, Child>> = children;
  const { whileLeading } = children.leadership;
  const databaseUsers = CHILD_NAMES.filter((name) => all[name].database !== undefined);

  function isUpdating(name: ChildName): boolean {
    const snapshot = present(name)?.getSnapshot() as AnyMachineSnapshot | undefined;
    return snapshot?.hasTag('updating') === true;
  }

  const guard = (name: ChildName) => {
    const { machine, database, bringUpToDate } = all[name];
    return guardianMachine.provide({
      actors: { child: machine as never },
      actions: {
        reportCrash: ({ context }) => supervisorReporter.childCrashed(name, context),
        bringUpToDate: () => {
          bringUpToDate?.();
          if (database !== undefined && root.getSnapshot().hasTag('quiesced'))
            tell(name, { type: 'database.quiesce' });
        },
      },
    });
  };

  const supervisor = supervisorMachine.provide({
    actors: {
      ...lifecycleLogics({
        ...{ feed, store: ports.store, spool, decoder: ports.decoder, keeper, pool, time },
        dispose: CHILD_NAMES.flatMap((name) => all[name].dispose ?? []),
        reportSpool: reporter.spoolOpened,
      }),
      stations: stationsLogic({
        pool,
        learner,
        time,
        reportSpool: reporter.spool,
        reportRate: reporter.rate,
        rateEveryMs: settings.rateEveryMs,
      }),
      ...eachChild(guard),
    },
    actions: {
      quiesceDatabase: () => {
        for (const name of databaseUsers) tell(name, { type: 'database.quiesce' });
      },
      releaseDatabase: () => {
        for (const name of databaseUsers) tell(name, { type: 'database.release' });
      },
      reportDraining: supervisorReporter.draining,
      reportDeadline: supervisorReporter.deadline,
    },
  });

  const root = createActor(supervisor, {
    clock: time,
    input: {
      drainMs: settings.drainMs,
      guardians: eachChild((name) => ({
        ...settings.restart,
        name,
        elected: ports.lease !== null && all[name].runs === 'elected',
        childInput: all[name].input,
        random,
      })),
    },
  });
  const done = toPromise(root).catch((error: unknown): SupervisorOutput => {
    const reason = error instanceof Error ? error.message : String(error);
    return { failure: { kind: 'crash', reason: `supervisor: ${reason}` } };
  });
  return {
    root,
    ledger,
    reporter,
    status: new SystemStatus({
      board: new ActorBoard(root, time),
      ...{ ledger, pool, reporter, store: ports.store, time },
      feedTroubles: children.listener.troubles,
      maintenanceDue: children['maintenance-window'].nextDue,
      historyDays: children.historian.historyDays,
      leadership: children.leadership.report,
    }),
    asking: {
      exportLive: () => whileLeading(children.exporter.exportNow),
      publish: () => whileLeading(children['spansh-updater'].publishNow),
      import: (dump, asker) => whileLeading(() => children['spansh-updater'].importNow(dump, asker)),
      maintain: (order) => whileLeading(() => children['maintenance-window'].ask(order)),
      yield: children.leadership.yieldNow,
    },
    start: () => root.start(),
    stop: () => root.send({ type: 'stop' }),
    reconfigure: (changed) => {
      settings = changed;
      for (const name of CHILD_NAMES) all[name].bringUpToDate?.();
    },
    endGathering: () => pool.endGathering(),
    leaveGathered: () => {
      if (gathering === null) return;
      learner.clear();
      const left = gathering.clear();
      if (left > 0) ledger.reject('file not read to its end', left);
    },
    get isAtRest() {
      return learner.isAtRest && withoutFate(ledger.totals) + keeper.backlog === 0;
    },
    adopt: (entries) => {
      keeper.adopt(entries);
      return pool.sync();
    },
    inspect: () => new Inspector({ root, pool, ledger, time }),
    done,
  };
}
