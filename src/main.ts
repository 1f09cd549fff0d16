import { join } from 'node:path';
import { access } from 'node:fs/promises';
import { createSystem, type System } from './actors/system.ts';
import { realTime } from './actors/time.ts';
import { createStore, type Bootstrap } from './bootstrap.ts';
import type { Feed } from './domain/ports/feed.ts';
import { createDiagnostics, withDiagnostics } from './infra/diagnostics.ts';
import { createDecoder } from './infra/decoder.ts';
import { readCachedCommodities, refreshCommodities } from './infra/edcd.ts';
import { stageFile } from './infra/publish.ts';
import { createSpool } from './infra/spool/spool.ts';
import { settingsFrom } from './settings.ts';

export const EXIT = { ok: 0, failure: 1, setup: 2 } as const;

/** The whole system around one feed, on the real adapters. */
export async function assemble(base: Bootstrap, feed: Feed): Promise<System> {
  const { config, paths } = base;
  const { enabled, statsEveryMs } = config.diagnostics;
  const diagnostics = enabled ? createDiagnostics(paths.diagnosticsFile, base.log) : null;
  const log = diagnostics === null ? base.log : withDiagnostics(base.log, diagnostics);
  const edcdCache = join(paths.dataDir, 'edcd');
  const liveFile = join(paths.exportDir, 'listings-live.csv');
  const system = createSystem(
    {
      feed,
      decoder: createDecoder(),
      store: await createStore(base),
      spool: createSpool({ file: paths.spoolFile, parkedMax: config.parkedMax, log }),
      commodities: {
        readCached: () => readCachedCommodities(edcdCache),
        refresh: async (signal) => {
          const refreshed = await refreshCommodities(config.edcdSource, edcdCache, signal);
          for (const warning of refreshed.warnings) log.warn({}, warning);
          return refreshed;
        },
      },
      liveListing: {
        stageFile: (produce, signal) => stageFile(liveFile, produce, { signal }),
        exists: () => exists(liveFile),
      },
      log,
      time: realTime,
      random: Math.random,
    },
    settingsFrom(config),
  );
  if (diagnostics !== null) {
    const timer = setInterval(() => diagnostics.note('stats', system.reporter.gauges()), statsEveryMs);
    void system.done.then(() => clearInterval(timer));
  }
  return system;
}

/**
 * Runs a system until it ends: by itself, or by SIGINT or SIGTERM. The first signal drains, the second one exits at
 * once; a drain that hangs is cut off at the configured deadline.
 * @returns the exit code
 */
export async function run(system: System, { config, log }: Bootstrap): Promise<number> {
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
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
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
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
