import { createSystem, type System } from '../actors/system.ts';
import { readAgain, type Bootstrap } from './bootstrap.ts';
import { keepNow } from './now.ts';
import { createStore } from './ports/store.ts';
import { EXIT } from '../domain/errors.ts';
import { aheadOfClock } from './times.ts';
import type { Feed } from '../domain/ports/market/feed.ts';
import type { PublicFile } from '../domain/ports/publishing/publishing.ts';
import type { Store } from '../domain/ports/store/store.ts';
import { commoditySource } from './ports/catalogue.ts';
import { mirrorOf, type Cluster } from './ports/cluster.ts';
import { deltaPorts } from './ports/delta-publisher.ts';
import { updaterPorts } from './ports/spansh-updater.ts';
import { createDiagnostics, withDiagnostics } from '../infra/log/diagnostics.ts';
import { createDecoder } from '../infra/feed/decoder.ts';
import { historianPorts } from './ports/historian.ts';
import { outboxPorts } from './ports/broker.ts';
import { liveListing, withTables } from './ports/live-listing.ts';
import { maintenancePorts } from './ports/maintenance-window.ts';
import { realTime } from '../infra/process/real-time.ts';
import { createSpool } from '../infra/spool/spool.ts';
import { settingsFrom } from './settings.ts';

/**
 * The whole system around one feed, on the real adapters.
 * @param options.update whether the galaxy is brought up to date from Spansh
 * @param options.follows whether the change log is followed: by the history of prices and by a broker, where the
 *   configuration wants them
 * @param options.besideDaemon a daemon works here, which publishes
 * @param options.cluster what it shares with other daemons on the database; null: there are none
 * @param options.gathers a file that can be read again, of which only the newest observation of a market need be written
 * @param options.store the one the configuration names, unless given
 */
export async function assemble(
  base: Bootstrap,
  feed: Feed,
  options: {
    readonly update?: boolean;
    readonly follows?: boolean;
    readonly besideDaemon?: boolean;
    readonly gathers?: boolean;
    readonly store?: Store;
    readonly cluster?: Cluster | null;
  } = {},
): Promise<System> {
  const { update = false, follows = false, besideDaemon = false, gathers = false, cluster = null } = options;
  const { config, paths } = base;
  const { enabled, statsEveryMs } = config.diagnostics;
  const diagnostics = enabled && !besideDaemon ? createDiagnostics(paths.diagnosticsFile, base.log) : null;
  const log = diagnostics === null ? base.log : withDiagnostics(base.log, diagnostics);
  const store = options.store ?? (await createStore(base));
  const spanshUpdater = updaterPorts({ ...base, log }, store, cluster?.state);
  const system = createSystem(
    {
      feed,
      decoder: createDecoder(),
      store,
      spool: createSpool({ file: paths.spoolFile, parkedMax: config.parkedMax, log }),
      commodities: commoditySource(base),
      ...(update
        ? withTables({ ...base, log }, store, spanshUpdater)
        : { liveListing: besideDaemon ? notPublished : liveListing(base), spanshUpdater }),
      deltaPublisher: await deltaPorts({ ...base, log }, store, feed.finite || besideDaemon),
      maintenanceWindow: maintenancePorts(base, store),
      outbox: follows ? await outboxPorts(base, store) : null,
      historian: follows ? await historianPorts(base, store) : null,
      lease: cluster?.lease ?? null,
      mirror: cluster === null ? null : await mirrorOf(base),
      log,
      time: realTime,
      now: base.now,
      random: Math.random,
    },
    settingsFrom(config, update, gathers),
  );
  if (update) {
    // What the database has against it, the writer tells.
    void aheadOfClock(store)
      .then((ahead) => ahead !== null && log.warn({}, `database: ${ahead}`))
      .catch(() => undefined);
  }
  if (diagnostics !== null) {
    const timer = setInterval(() => diagnostics.note('stats', system.reporter.gauges()), statsEveryMs);
    void system.done.then(() => clearInterval(timer));
  }
  return system;
}

/** Waits as long as it lives. */
const notPublished: PublicFile = {
  stageFile: (_, signal) =>
    new Promise((__, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }),
};

/**
 * Runs a system until it ends: by itself, or by SIGINT or SIGTERM. The first signal drains, the second one exits at
 * once; a drain that hangs is cut off at the configured deadline. SIGHUP opens the log file anew and reads the
 * configuration again.
 * @param reconfigure what there is beside the system
 * @returns the exit code
 */
export async function run(
  system: System,
  base: Bootstrap,
  reconfigure: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { config, log, now, paths } = base;
  const forced = Promise.withResolvers<number>();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) {
      log.error({ signal }, `${signal} again: exiting at once; what was not written is in the spool`);
      forced.resolve(EXIT.failure);
      return;
    }
    stopping = true;
    log.info({ signal }, `${signal}: stopping`);
    system.stop();
    setTimeout(() => {
      log.error({}, `not stopped after ${config.shutdownTimeoutMs / 1000} s: exiting`);
      forced.resolve(EXIT.failure);
    }, config.shutdownTimeoutMs).unref();
  };
  let reloading = Promise.resolve();
  const onHangup = () => {
    log.reopen();
    reloading = reloading.then(() =>
      readAgain(base, async () => {
        system.reconfigure(settingsFrom(config, false));
        await reconfigure();
      }),
    );
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangup);
  const saveNow = keepNow(now, paths.clockFile, log);
  try {
    system.start();
    const ended = system.done.then(({ failure }) => {
      system.reporter.rate();
      if (failure === null) return EXIT.ok;
      log.error({ kind: failure.kind }, failure.reason);
      return failure.kind === 'setup' ? EXIT.setup : EXIT.failure;
    });
    return await Promise.race([ended, forced.promise]);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangup);
    await saveNow();
  }
}
