import { EventEmitter } from 'node:events';
import { globSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import threads, { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';

/** Where its answers come from: what the module of a thread gives (`threadModule`). */
interface ThreadModule {
  readonly default: (port: MessagePort, data: unknown) => void;
}

/** As Node loads it, once for all threads of a process. */
const load = createRequire(import.meta.url);

/** Where tests run in a thread, that is not the one which the module is to serve. */
function moduleOf(file: URL): ThreadModule {
  const { parentPort } = threads;
  Object.assign(threads, { parentPort: null });
  syncBuiltinESMExports();
  try {
    return load(fileURLToPath(file)) as ThreadModule;
  } finally {
    Object.assign(threads, { parentPort });
    syncBuiltinESMExports();
  }
}

/**
 * A thread in this process: the same code behind the same messages, without the 60 to 80 ms of processor time that a
 * thread's start takes. It cannot crash, and while it works nobody else does: tests of that take threads.
 */
class WorkerHere extends EventEmitter {
  readonly #port: MessagePort;

  constructor(file: URL, { workerData }: { readonly workerData?: unknown } = {}) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (message) => this.emit('message', message));
    port1.once('close', () => this.emit('exit', 0));
    moduleOf(file).default(port2, structuredClone(workerData));
  }

  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
  }
}

/** Those that keep files: of stores, the spool, the history and the deltas. */
const MOVED = new Set(
  globSync([
    'src/infra/store/**/*-thread.ts',
    'src/infra/spool/spool.worker.ts',
    'src/infra/history/recorder-thread.ts',
    'src/infra/publishing/deltas/twins.worker.ts',
  ]).map((file) => pathToFileURL(file).href),
);

/** Each tells whether a thread that is started now is one for this process. */
const wanted = new Set<() => boolean>();
const { Worker } = threads;
threads.Worker = new Proxy(Worker, {
  construct: (target, given: ConstructorParameters<typeof Worker>) =>
    MOVED.has(String(given[0])) && [...wanted].some((isWanted) => isWanted())
      ? new WorkerHere(given[0] as URL, given[1])
      : new target(...given),
});
syncBuiltinESMExports();

/** Loads what is in them before the first one is started. */
export function loadThreads(): void {
  for (const file of MOVED) moduleOf(new URL(file));
}

/** Of these, what is started while `isWanted` runs in this process. Others are what they were. */
export function threadsHere(isWanted: () => boolean): void {
  wanted.add(isWanted);
}

/** The same for all tests of a file. */
export function storeThreadsHere(): void {
  const always = () => true;
  // Of a file whose tests are all skipped no hook runs, neither this one nor the one that ends it.
  beforeAll(() => threadsHere(always));
  afterAll(() => void wanted.delete(always));
}
