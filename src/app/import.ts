import { existsSync, realpathSync, statSync } from 'node:fs';
import { CLEAR_MEMORY_S } from '../actors/station-coalescer/spool-keeper.ts';
import type { Log } from '../domain/ports/log.ts';
import type { ImportProgress, ImportResult } from '../domain/ports/galaxy/spansh-updater.ts';
import { createLog } from '../infra/log/log.ts';
import type { DumpSource } from '../infra/spansh/dump-source.ts';
import { isUrl } from '../infra/spansh/download.ts';
import { createSpool } from '../infra/spool/spool.ts';
import type { Bootstrap } from './bootstrap.ts';
import { claimImport } from './instance.ts';
import { importSource, openDump, requestPublication, updaterPorts } from './ports/spansh-updater.ts';
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
  const running = await claimImport(base);
  const { from, maxAgeDays, onProgress, signal } = options;
  const store = await createStore(base);
  try {
    const clears = await rememberedClears(base);
    const isCleared = (marketId: number, observedAtS: number) => (clears.get(marketId) ?? -1) >= observedAtS;
    const source = from === '-' ? standardInput() : await openDump(from, base, signal);
    const result = await importSource(base, store, source, { isCleared, onProgress, signal }, maxAgeDays);
    await requestPublication(updaterPorts(base, store, store));
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await store.close();
    running.release();
  }
}

/** @returns where any process finds a dump; null: none does, or none but this one (standard input, a pipe) */
export function findForAll(from: string): string | null {
  if (isUrl(from)) return from;
  if (from === '-' || !existsSync(from)) return null;
  const file = realpathSync(from);
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : null;
}

function standardInput(): DumpSource {
  return { name: 'standard input', stream: process.stdin, totalBytes: null };
}

/** Lines of progress, for where no bar can be drawn. */
export function progressLog({ config }: Bootstrap): Log {
  return createLog({ to: 'stderr', verbose: config.verbose, debug: config.debug });
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
