import { EventEmitter } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import threads, { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';

/** Where its answers come from: what the module of a thread gives (`threadModule`). */
interface ThreadModule {
  readonly default: (port: MessagePort, data: unknown) => void;
}

/** As Node loads it, once for all threads of a file. */
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
 * A thread of a store in this process: the same code behind the same messages, without the 60 to 80 ms of processor time
 * that a thread's start takes. It cannot crash, and while it works nobody else does: tests of that take threads.
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

/** The threads of stores run in this process from now on. Others, and those of libraries, are what they were. */
export function storeThreadsHere(): void {
  const { Worker } = threads;
  threads.Worker = new Proxy(Worker, {
    construct: (target, given: ConstructorParameters<typeof Worker>) =>
      /\/infra\/store\/.*-thread\.ts$/.test(String(given[0]))
        ? new WorkerHere(given[0] as URL, given[1])
        : new target(...given),
  });
  syncBuiltinESMExports();
}
