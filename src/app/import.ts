import { CLEAR_MEMORY_S } from '../actors/station-coalescer/spool-keeper.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/ports/log.ts';
import type { ImportProgress, ImportResult } from '../domain/ports/spansh-updater.ts';
import { hideCredentials, isPlainWebAddress } from '../domain/web-address.ts';
import { createLog } from '../infra/log/log.ts';
import { acquireInstance } from '../infra/process/instance-lock.ts';
import { isUrl } from '../infra/spansh/download.ts';
import { openDumpFile, openDumpUrl, type DumpSource } from '../infra/spansh/dump-source.ts';
import { createSpool } from '../infra/spool/spool.ts';
import type { Bootstrap } from './bootstrap.ts';
import { tellWatch } from './instance.ts';
import { importSource, requestPublication, updaterPorts } from './ports/spansh-updater.ts';
import { createStore } from './ports/store.ts';

interface Options {
  /** A file, an address, `-`: standard input. */
  readonly from: string;
  /** Undefined: as configured; Infinity: whatever its age. */
  readonly maxAgeDays: number | undefined;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Brings the database up to date with a dump, beside a daemon, too, which publishes it then.
 * @throws AppError `instance.held` beside another import; what the dump is found guilty of; the abort reason
 */
export async function importOnce(base: Bootstrap, options: Options): Promise<ImportResult> {
  const { dataDir, importFile } = base.paths;
  const place = {
    name: `tdl import on ${dataDir}`,
    advice: 'wait until it has ended',
    onWatch: tellWatch(base.log),
  };
  // So that `tdl status` can tell of it.
  const running = await acquireInstance(importFile, place);
  const { from, maxAgeDays, onProgress, signal } = options;
  const store = await createStore(base);
  try {
    const clears = await rememberedClears(base);
    const isCleared = (marketId: number, observedAtS: number) => (clears.get(marketId) ?? -1) >= observedAtS;
    const source = await openSource(from, base, signal);
    const result = await importSource(base, store, source, { isCleared, onProgress, signal }, maxAgeDays);
    await requestPublication(updaterPorts(base, store));
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await store.close();
    running.release();
  }
}

/** Lines of progress, for where no bar can be drawn. */
export function progressLog({ config }: Bootstrap): Log {
  return createLog({ to: 'stderr', verbose: config.verbose, debug: config.debug });
}

async function openSource(from: string, { config }: Bootstrap, signal: AbortSignal): Promise<DumpSource> {
  if (from === '-') return { name: 'standard input', stream: process.stdin, totalBytes: null };
  if (!isUrl(from)) return openDumpFile(from);
  if (!isPlainWebAddress(from)) {
    throw new AppError(
      'usage',
      `${hideCredentials(from)} is no address of a dump without a user or password`,
      {
        advice:
          'they are not sent: have another program download it, and give import the file, or - and its output',
      },
    );
  }
  return openDumpUrl(from, config.rules.maxClockSkewS, signal);
}

/** What the feed said of markets being empty binds every import. */
async function rememberedClears({ paths, config, log }: Bootstrap): Promise<Map<number, number>> {
  const spool = createSpool({ file: paths.spoolFile, parkedMax: config.parkedMax, log });
  try {
    await spool.open();
    return await spool.clears(Math.floor(Date.now() / 1000) - CLEAR_MEMORY_S);
  } finally {
    await spool.close();
  }
}
