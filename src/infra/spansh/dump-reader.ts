import { Piscina } from 'piscina';
import { AppError, describeError } from '../../domain/errors.ts';
import type { ReadProgress } from '../../domain/ports/galaxy/spansh-updater.ts';
import type { Known } from '../../domain/spansh/known.ts';
import type { DumpBatch, DumpRules } from '../../domain/spansh/records.ts';
import type { ImportWorkerData } from './stage.worker.ts';
import { dumpText, truncated, type DumpSource } from './dump-source.ts';
import type { StagedText } from './dump-stager.ts';
import { textChunks } from './text-chunks.ts';
import { moduleBeside } from '../threads/module-beside.ts';

export interface DumpReaderOptions {
  readonly rules: DumpRules;
  /** What the database has; null: nothing, so that everything is new. */
  readonly known?: Known | null;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Replaced by tests. */
  readonly worker?: URL;
  readonly timeoutMs?: number;
}

export interface ReadBatch extends DumpBatch {
  /** Up to and with this batch. */
  readonly progress: ReadProgress;
}

/** A piece takes milliseconds, the longest line a second; what is not back by then hangs. */
const TASK_TIMEOUT_MS = 60_000;

/** Pieces that wait for a thread, so that none waits for a piece. */
const AHEAD = 1;

/**
 * Reads a dump on threads of its own: batches in the order of the dump, never more than a few in memory. Ending the
 * iteration early, at whatever moment, ends the threads and closes the source.
 *
 * @throws AppError `dump`: the source is unreadable, corrupt, truncated or no dump. What came before is sound, but
 * nothing may be concluded from what is absent. `aborted`: the signal
 */
export async function* readDump(
  source: DumpSource,
  {
    rules,
    known = null,
    threads = 1,
    signal,
    timeoutMs = TASK_TIMEOUT_MS,
    worker = moduleBeside(import.meta.url, './stage.worker'),
  }: DumpReaderOptions,
): AsyncGenerator<ReadBatch> {
  const workerData: ImportWorkerData = { rules, known };
  const pool = new Piscina({
    filename: worker.href,
    // A thread that is ended while it loads a module with a default export takes the whole process along (Node 24).
    name: 'stage',
    minThreads: threads,
    maxThreads: threads,
    workerData,
    recordTiming: false,
  });
  // A thread that dies takes its piece along, whose promise tells it.
  pool.on('error', () => undefined);
  const { text, bytesRead } = dumpText(source, signal);
  const { name, stream, totalBytes } = source;

  async function stage(chunk: Uint8Array<ArrayBuffer>): Promise<StagedText & { bytesRead: number }> {
    const readSoFar = bytesRead();
    const stop = new AbortController();
    const abort = () => stop.abort();
    const timer = setTimeout(abort, timeoutMs);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    try {
      const run = pool.run(chunk, { transferList: [chunk.buffer], signal: stop.signal });
      return { ...((await run) as StagedText), bytesRead: readSoFar };
    } catch (cause) {
      if (signal?.aborted === true) throw new AppError('aborted', `reading ${name} was stopped`, { cause });
      const what = stop.signal.aborted ? `no answer in ${timeoutMs / 1000} s` : describeError(cause);
      throw new AppError('import', `a thread failed on the dump ${name}: ${what}`, { cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  let isClosed = false;
  let isBroken = false;
  let systems = 0;
  let stations = 0;
  try {
    const pieces = mapAhead(checkBeginning(textChunks(text), name), threads + AHEAD, stage);
    for await (const { closed, bytesRead, ...batch } of pieces) {
      isClosed = closed ?? isClosed;
      isBroken ||= batch.problems['invalid JSON'] !== undefined;
      systems += batch.systemsRead;
      stations += batch.stationsRead;
      yield { ...batch, progress: { bytesRead, totalBytes, systems, stations } };
    }
    if (systems === 0) {
      const told = isBroken ? 'no line of it is a system; one system a line is needed' : 'no system is in it';
      throw notADump(name, told);
    }
    if (!isClosed) throw truncated(name);
  } finally {
    stream.destroy();
    await pool.destroy();
  }
}

/** Maps in order, with up to `limit` results under way that nobody has asked for. */
async function* mapAhead<T, R>(
  input: AsyncIterable<T>,
  limit: number,
  map: (value: T) => Promise<R>,
): AsyncGenerator<R> {
  const ahead: Promise<R>[] = [];
  for await (const value of input) {
    const result = map(value);
    // Rejections are told in order, or not at all when the reader has gone.
    result.catch(() => undefined);
    ahead.push(result);
    if (ahead.length > limit) yield* ahead.splice(0, 1);
  }
  yield* ahead;
}

async function* checkBeginning(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && !/^\s*\[/.test(Buffer.from(chunk.buffer).toString('latin1', 0, 100))) {
      throw notADump(name, 'it does not begin with [');
    }
    isFirst = false;
    yield chunk;
  }
}

function notADump(name: string, why: string): AppError {
  return new AppError('dump', `${name} is no galaxy dump: ${why}`, {
    advice: 'it must be galaxy_stations.json of Spansh, plain or gzip',
  });
}
