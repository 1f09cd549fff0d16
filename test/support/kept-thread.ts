import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PoolOptions, PoolWorker, WorkerRequest } from 'vitest/node';

/** A thread has so many runs: what they leave behind in it ends with it. */
const RUNS = 50;

type Listener = (...values: readonly unknown[]) => void;

let kept: Worker | undefined;
let runs = 0;
/** A fault in what is made while a module is loaded is in the modules of the thread. */
let isSpoiled = false;

/**
 * A vitest thread that outlives a run, with the modules it has loaded: Stryker begins a run for every fault, and a new
 * thread takes longer than most tests. Needs `isolate: false`, and tests that leave nothing in modules.
 */
class KeptThread implements PoolWorker {
  readonly name = 'kept-thread';
  readonly #make: () => Worker;
  /** The fault is in what is made while a module is loaded: only modules that are loaded anew have it. */
  readonly #isStatic: boolean;
  readonly #listeners: (readonly [string, Listener])[] = [];
  #thread!: Worker;

  constructor({ distPath, env, execArgv, project }: PoolOptions) {
    this.#make = () =>
      new Worker(join(distPath, 'workers/threads.js'), { env: env as NodeJS.ProcessEnv, execArgv });
    const { mutantActivation } = project.getProvidedContext() as { mutantActivation?: string };
    this.#isStatic = mutantActivation === 'static';
  }

  async start(): Promise<void> {
    if (runs >= RUNS) {
      await kept?.terminate();
      kept = undefined;
      runs = 0;
    }
    kept ??= this.#make().setMaxListeners(0);
    runs++;
    this.#thread = kept;
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    this.#thread.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    this.#thread.off(event, listener);
  }

  send(message: WorkerRequest): void {
    if (message.type === 'stop') this.#thread.emit('message', STOPPED);
    else this.#thread.postMessage(message.type === 'start' ? this.#loadingAnew(message) : message);
  }

  /** With isolation, a thread forgets its modules (of tests and sources) before each file. */
  #loadingAnew(message: Extract<WorkerRequest, { type: 'start' }>): WorkerRequest {
    const isolate = this.#isStatic || isSpoiled;
    isSpoiled = this.#isStatic;
    const { context } = message;
    return { ...message, context: { ...context, config: { ...context.config, isolate } } };
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  stop(): Promise<void> {
    for (const [event, listener] of this.#listeners) this.off(event, listener);
    // It has ended by itself.
    if (this.#thread.threadId === -1) runs = RUNS;
    return Promise.resolve();
  }
}

/** What a thread answers when it is told to stop. */
const STOPPED = { type: 'stopped', __vitest_worker_response__: true };

export const keptThread = {
  name: 'kept-thread',
  createPoolWorker: (options: PoolOptions): PoolWorker => new KeptThread(options),
};
