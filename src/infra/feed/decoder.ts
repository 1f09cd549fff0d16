import { Piscina } from 'piscina';
import type { Catalogue } from '../../domain/market/catalogue.ts';
import { AppError, describeError } from '../../domain/errors.ts';
import type { Decoder, FrameBatch, StagedBatch } from '../../domain/ports/market/feed.ts';
import type { DecodeTask, PackedBatch, ResolveTask, SharedCatalogue } from './decode.worker.ts';
import { moduleBeside } from '../threads/module-beside.ts';

/** A batch takes milliseconds; what is not back by then hangs, and its thread is replaced. */
const TASK_TIMEOUT_MS = 30_000;
/** The same of a single message: of a batch that was not back there may be many. */
const MESSAGE_TIMEOUT_MS = 10_000;

export interface DecoderOptions {
  readonly threads?: number;
  /** Replaced by tests. */
  readonly worker?: URL;
  readonly timeoutMs?: number;
}

/**
 * A {@link Decoder} on threads of its own, which start with the first batch.
 *
 * `decode` and `resolve` reject with an AppError, code `decoder`, when the thread crashed or hung and when the
 * decoder is closed. The next call finds a new thread; the caller's batch is untouched.
 */
export function createDecoder({
  threads = 1,
  timeoutMs = TASK_TIMEOUT_MS,
  worker = moduleBeside(import.meta.url, './decode.worker'),
}: DecoderOptions = {}): Decoder {
  let pool: Piscina | undefined;
  const share = sharer();
  /** What waits for a thread, in the order in which it came: the pool would not keep that. */
  const waiting: (() => void)[] = [];
  let free = threads;
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  async function takeThread(): Promise<void> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function passThreadOn(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }

  function openPool(): Piscina {
    const opened = new Piscina({
      filename: worker.href,
      minThreads: threads,
      maxThreads: threads,
      closeTimeout: timeoutMs,
      recordTiming: false,
      // A thread that waits for its next task without going through its event loop never frees what inflating a
      // damaged frame leaves behind.
      atomics: 'disabled',
    });
    // Reported for a thread that dies between two tasks: nothing is lost, and the pool has replaced it.
    return opened.on('error', () => undefined);
  }

  function run(
    name: string,
    task: unknown,
    { limitMs = timeoutMs, transferList = [] }: { limitMs?: number; transferList?: ArrayBuffer[] } = {},
  ): Promise<StagedBatch> {
    if (closing !== null) return Promise.reject(new AppError('decoder', 'the decoder is closed'));
    const staging = runInTurn((pool ??= openPool()), name, task, limitMs, transferList);
    running.add(staging);
    return staging.finally(() => running.delete(staging));
  }

  async function runInTurn(
    threadsOf: Piscina,
    name: string,
    task: unknown,
    limitMs: number,
    transferList: ArrayBuffer[],
  ): Promise<StagedBatch> {
    await takeThread();
    const timeout = new AbortController();
    // What waits for a thread is not to be blamed for what hangs in it.
    const timer = setTimeout(() => timeout.abort(), limitMs);
    try {
      return (await threadsOf.run(task, { name, signal: timeout.signal, transferList })) as StagedBatch;
    } catch (cause) {
      const what = timeout.signal.aborted ? `gave no answer in ${limitMs / 1000} s` : describeError(cause);
      const advice = 'the thread is replaced; if this repeats, report it with the debug log';
      throw new AppError('decoder', `a batch was not decoded, its thread failed: ${what}`, { advice, cause });
    } finally {
      clearTimeout(timer);
      passThreadOn();
    }
  }

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    await pool?.close();
  }

  return {
    decode(batch, catalogue, rules) {
      const packed = pack(batch);
      const task: DecodeTask = { batch: packed, catalogue: catalogue && share(catalogue), rules };
      return run('decode', task, {
        transferList: [packed.bytes.buffer, packed.ends.buffer],
        ...(batch.frames.length === 1 && { limitMs: Math.min(timeoutMs, MESSAGE_TIMEOUT_MS) }),
      });
    },
    resolve(entries, catalogue) {
      const task: ResolveTask = { entries, catalogue: share(catalogue) };
      return run('resolve', task);
    },
    close: () => (closing ??= close()),
  };
}

/** Copies the frames together: theirs are views of buffers that are shared with other frames or not ours to move. */
function pack({ frames, ...batch }: FrameBatch): PackedBatch {
  const ends = new Uint32Array(frames.length);
  let length = 0;
  for (const [i, frame] of frames.entries()) ends[i] = length += frame.length;
  const bytes = Buffer.allocUnsafeSlow(length);
  for (const [i, frame] of frames.entries()) bytes.set(frame, (ends[i] ?? 0) - frame.length);
  return { ...batch, bytes, ends };
}

/** Encodes a catalogue once a version, for all threads. */
function sharer(): (catalogue: Catalogue) => SharedCatalogue {
  let shared: SharedCatalogue | null = null;
  return ({ version, commodities }) => {
    if (shared?.version !== version) {
      const text = Buffer.from(JSON.stringify(commodities));
      const json = new SharedArrayBuffer(text.length);
      text.copy(Buffer.from(json));
      shared = { version, json };
    }
    return shared;
  };
}
