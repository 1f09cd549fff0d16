import {
  createActor,
  toPromise,
  type ActorRefFrom,
  type AnyActorRef,
  type AnyStateMachine,
  type SnapshotFrom,
} from 'xstate';
import type { Decoder, Feed, StagedBatch } from '../domain/ports/feed.ts';
import type { Inspection } from '../domain/ports/inspection.ts';
import type { Log } from '../domain/ports/log.ts';
import type { MarketStore } from '../domain/ports/market-store.ts';
import type { Spool } from '../domain/ports/spool.ts';
import type { Random } from '../machines/backoff.ts';
import { catalogueMachine } from '../machines/catalogue.machine.ts';
import { exporterMachine } from '../machines/exporter.machine.ts';
import { guardianMachine } from '../machines/guardian.machine.ts';
import { listenerMachine } from '../machines/listener.machine.ts';
import { spanshUpdaterMachine, UPDATING_STATES } from '../machines/spansh-updater.machine.ts';
import { supervisorMachine, type SupervisorOutput } from '../machines/supervisor.machine.ts';
import { writerMachine } from '../machines/writer.machine.ts';
import { ActorBoard } from './observing/actor-board.ts';
import { CatalogueHolder, catalogueLogics, type CommoditySource } from './catalogue/steps.ts';
import { exportLogics, type ExportDeps } from './exporter/steps.ts';
import { feedLogic } from './listener/feed.ts';
import { Inspector } from './observing/inspector.ts';
import { Ledger } from './station-coalescer/ledger.ts';
import { lifecycleLogics } from './supervisor/steps.ts';
import { createMaintenance, type MaintenancePorts } from './maintenance-window/steps.ts';
import { MaintenanceReporter } from './maintenance-window/reporter.ts';
import { Reporter } from './reporter.ts';
import { guardianInputs, type SystemSettings } from './settings.ts';
import { SpanshReporter } from './spansh-updater/reporter.ts';
import { SpoolKeeper } from './station-coalescer/spool-keeper.ts';
import { StationPool } from './station-coalescer/pool.ts';
import { stationsLogic } from './station-coalescer/stations.ts';
import { SystemStatus } from './observing/status.ts';
import { openStoreLogic, writeBatchLogic } from './writer/steps.ts';
import type { Time } from './time.ts';
import { updaterLogics, type UpdaterPorts } from './spansh-updater/steps.ts';

/** Everything the system touches. Created by the caller (main, one-shots, tests); the supervisor closes it. */
export interface SystemPorts {
  readonly feed: Feed;
  readonly decoder: Decoder;
  readonly store: MarketStore;
  readonly spool: Spool;
  readonly commodities: CommoditySource;
  /** Where `listings-live.csv` is staged. */
  readonly liveListing: Pick<ExportDeps, 'stageFile' | 'exists'>;
  readonly updater: UpdaterPorts;
  readonly maintenance: MaintenancePorts;
  readonly log: Log;
  readonly time: Time;
  readonly random: Random;
}

export interface System {
  readonly root: ActorRefFrom<typeof supervisorMachine>;
  readonly ledger: Ledger;
  readonly reporter: Reporter;
  /** For health, status and metrics. */
  readonly status: SystemStatus;
  start(): void;
  /** Ends in order; {@link done} says when. */
  stop(): void;
  /** From now on: rules for the next message, intervals for the next time. */
  reconfigure(changed: LiveSettings): void;
  /** Observes the running system from now on; the caller closes it. Without one nothing is observed. */
  inspect(): Inspection;
  /** Why the system ended. Never rejects. */
  readonly done: Promise<SupervisorOutput>;
}

/** What can change while the system runs. */
export interface LiveSettings {
  readonly rules: SystemSettings['rules'];
  readonly exportEveryMs: number;
  readonly updateEveryMs: number;
}

/** Who stops for a maintenance window. */
const DATABASE_USERS = ['writer', 'exporter', 'updater'] as const;
/** Those of them that say when they are quiet; an update that is at work keeps every window closed. */
const QUIET_SAYERS = ['writer', 'exporter'] as const;

/** Wires the machines to the ports, once; `start()` starts them. */
export function createSystem(ports: SystemPorts, settings: SystemSettings): System {
  const { feed, decoder, store, spool, log, time, random } = ports;
  const ledger = new Ledger();
  const keeper = new SpoolKeeper(spool);
  const holder = new CatalogueHolder();
  const catalogue = () => holder.current;

  /** Sends to the present incarnation of a guarded child; nobody home is nothing lost: state is elsewhere. */
  const tell = (name: string, type: string, facts: object = {}) => {
    (root.system.get(name) as AnyActorRef | undefined)?.send({ ...facts, type });
  };
  let live: LiveSettings = {
    rules: settings.rules,
    exportEveryMs: settings.exporter.intervalMs,
    updateEveryMs: settings.updater.intervalMs,
  };
  const tellInterval = (name: string) => {
    const intervalMs = { exporter: live.exportEveryMs, updater: live.updateEveryMs }[name];
    if (intervalMs !== undefined) tell(name, 'interval.changed', { intervalMs });
  };
  let onSettled: () => void = () => undefined;
  const pool = new StationPool(
    { ...settings.stations, ledger, keeper, time, random, feedWaits: feed.finite },
    {
      workAvailable: () => tell('writer', 'work.available'),
      batchFull: () => tell('writer', 'work.batchFull'),
      pauseFeed: () => tell('listener', 'flow.pause'),
      resumeFeed: () => tell('listener', 'flow.resume'),
      written: () => tell('exporter', 'market.written'),
      settled: () => onSettled(),
    },
  );
  const reporter = new Reporter(log, ledger, pool, keeper);
  const deliver = (batch: StagedBatch) => {
    if (pool.closed) {
      ledger.countLate(batch);
      return;
    }
    reporter.staged(batch, ledger.countStaged(batch));
    pool.accept(batch.snapshots);
    pool.parkUnresolved(batch.unresolved);
  };
  const storeDeps = {
    store,
    pool,
    catalogue,
    deferEveryN: settings.deferEveryN,
    reportOpened: reporter.storeOpened,
  };
  const liveExport = exportLogics({
    read: (sink, signal) => store.exportListings('live', sink, signal),
    ...ports.liveListing,
  });
  const spanshReporter = new SpanshReporter(log, () => time.now(), settings.progressEveryMs);
  const updater = updaterLogics({
    ...ports.updater,
    time,
    reporter: spanshReporter,
    isCleared: (marketId, observedAtS) => keeper.clearedAtS(marketId) >= observedAtS,
  });
  const maintenance = createMaintenance({
    ...ports.maintenance,
    // A file is replayed: nothing else is to be done.
    ...(feed.finite && {
      settings: () => ({ ...ports.maintenance.settings(), purgeEveryMs: 0, optimizeEveryMs: 0 }),
    }),
    purge: (options) => store.purge(options),
    isImporting: () => {
      const updating = root.system.get('updater') as AnyActorRef | undefined;
      const snapshot = updating?.getSnapshot() as SnapshotFrom<typeof spanshUpdaterMachine> | undefined;
      return UPDATING_STATES.some((state) => snapshot?.matches(state) === true);
    },
    beginMaintenance: () => root.send({ type: 'maintenance.begin' }),
    endMaintenance: () => root.send({ type: 'maintenance.end' }),
    time,
    reporter: new MaintenanceReporter(log),
  });

  const catalogueChild = catalogueMachine.provide({
    actors: catalogueLogics({
      source: ports.commodities,
      holder,
      store,
      spool,
      pool,
      decoder,
      time,
    }),
    actions: {
      reportFresh: ({ context }) => reporter.catalogueFresh(context.commodities),
      reportStale: ({ context }) => reporter.catalogueStale(context),
    },
  });
  const writerChild = writerMachine.provide({
    actors: { openStore: openStoreLogic(storeDeps), writeBatch: writeBatchLogic(storeDeps) },
    actions: {
      reportQuiet: () => tell('maintenance', 'database.quiet', { user: 'writer' }),
      reportUnavailable: ({ context }) => reporter.storeUnavailable(context),
      reportAvailable: ({ context }) => reporter.storeAvailable(context),
    },
  });
  const exporterChild = exporterMachine.provide({
    actors: { stage: liveExport.stage, publish: liveExport.publish },
    actions: {
      // A read that was stopped may take a moment to end.
      reportQuiet: () =>
        void liveExport.settled().then(() => tell('maintenance', 'database.quiet', { user: 'exporter' })),
      reportPublished: ({ context }) => reporter.published(context.published),
      reportFailure: ({ context }) => reporter.exportFailed(context),
    },
  });
  const updaterChild = spanshUpdaterMachine.provide({
    actors: updater.logics,
    actions: {
      refreshCatalogue: () => tell('catalogue', 'catalogue.refresh'),
      reportOutsideHours: ({ context }) => spanshReporter.outsideHours(context.opensInMs),
      reportFailure: ({ context }) => spanshReporter.failed(context),
    },
  });
  const listenerChild = listenerMachine.provide({
    actors: {
      feed: feedLogic({
        feed,
        decoder,
        get rules() {
          return live.rules;
        },
        catalogue,
        catalogueReady: feed.finite ? holder.settled : holder.loaded,
        deliver,
        reportDecodeFailure: reporter.decodeFailed,
      }),
    },
    actions: {
      reportLost: ({ context }) => reporter.feedLost(feed.description, context),
      reportHeard: ({ context }) => reporter.feedHeard(feed.description, context),
    },
  });
  const guard = (child: AnyStateMachine) =>
    guardianMachine.provide({
      // Every guarded child takes `stop` and ends; what else it is does not concern its guardian.
      actors: { child: child as never },
      actions: {
        reportCrash: ({ context }) => reporter.childCrashed(context.name, context),
        bringUpToDate: ({ context: { name } }) => {
          tellInterval(name);
          const isUser = DATABASE_USERS.some((user) => user === name);
          if (isUser && root.getSnapshot().matches('maintenance')) tell(name, 'database.quiesce');
        },
      },
    });

  const supervisor = supervisorMachine.provide({
    actors: {
      ...lifecycleLogics({
        feed,
        store,
        spool,
        decoder,
        keeper,
        pool,
        time,
        settle: [liveExport.discard, updater.settled, maintenance.settled],
        reportSpool: reporter.spoolOpened,
      }),
      stations: stationsLogic({
        pool,
        time,
        reportSpool: reporter.spool,
        reportRate: reporter.rate,
        rateEveryMs: settings.rateEveryMs,
        onSettled: (listener) => (onSettled = listener),
      }),
      catalogue: guard(catalogueChild),
      writer: guard(writerChild),
      exporter: guard(exporterChild),
      updater: guard(updaterChild),
      maintenance: guard(maintenance.machine),
      listener: guard(listenerChild),
    },
    actions: {
      quiesceDatabase: () => {
        for (const name of DATABASE_USERS) tell(name, 'database.quiesce');
      },
      releaseDatabase: () => {
        for (const name of DATABASE_USERS) tell(name, 'database.release');
      },
      reportDraining: reporter.draining,
      reportDeadline: reporter.deadline,
    },
  });

  const root = createActor(supervisor, {
    clock: time,
    input: {
      drainMs: settings.drainMs,
      guardians: guardianInputs(settings, random, feed.finite, QUIET_SAYERS),
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
      ...{ ledger, pool, reporter, store, time },
      maintenanceDue: maintenance.nextDue,
    }),
    start: () => root.start(),
    stop: () => root.send({ type: 'stop' }),
    reconfigure: (changed) => {
      live = changed;
      for (const name of ['exporter', 'updater']) tellInterval(name);
      tell('maintenance', 'settings.changed');
    },
    inspect: () => new Inspector({ root, pool, ledger, time }),
    done,
  };
}
