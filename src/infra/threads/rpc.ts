import { parentPort, Worker, workerData, type MessagePort, type Transferable } from 'node:worker_threads';
import { AppError, StoreError, type ErrorCode, type StoreErrorCode } from '../../domain/errors.ts';

/**
 * Typed request/response over one worker thread, for adapters whose library is synchronous (node:sqlite).
 *
 * The worker file calls {@link threadModule} with what makes its methods; the other side makes calls through
 * {@link openThread}. Calls run in the order they were made; an asynchronous method lets later ones in while it awaits.
 */
export interface CallContext {
  /** Aborted when the caller's signal is, and when the thread is being closed. */
  readonly signal: AbortSignal;
  /** Buffers of the result that are moved instead of copied: push them before returning. */
  readonly transfer: Transferable[];
  /** Hands something to the caller's `onEmit` before the result; resolves when that has resolved. */
  readonly emit: (value: unknown, transfer?: readonly Transferable[]) => Promise<void>;
}

type Method = (input: never, context: CallContext) => unknown;
type Methods<M> = { [K in keyof M]: Method };
type Input<F> = F extends (input: infer I, ...rest: never[]) => unknown ? I : never;
type Output<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

interface CallOptions {
  readonly transfer?: readonly Transferable[];
  readonly signal?: AbortSignal | undefined;
  /** Receives what the method emits, in order; the method waits for it. A rejection fails the call. */
  readonly onEmit?: (value: never) => void | Promise<void>;
}

/** A worker thread that is started by the first call, and started anew by the first call after a crash or `close`. */
export interface Thread<M extends Methods<M>> {
  /** @throws what the method threw (AppError and StoreError as such); the crash error when the thread ended */
  call<K extends keyof M & string>(
    method: K,
    input: Input<M[K]>,
    options?: CallOptions,
  ): Promise<Output<M[K]>>;
  /** Lets calls made so far finish (emitting ones are aborted), runs the worker's `onClose`, ends the thread. */
  close(): Promise<void>;
}

export interface ThreadOptions {
  readonly workerData?: unknown;
  /** What pending calls reject with when the thread dies. */
  readonly crashError?: (cause: unknown) => Error;
}

type Request =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'emitted'; readonly id: number; readonly error: ThrownError | null }
  | { readonly kind: 'close' };

type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ThrownError }
  | { readonly kind: 'emit'; readonly id: number; readonly value: unknown };

/** Structured clone keeps neither classes nor codes. */
interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly advice: string | undefined;
}

interface PendingCall {
  readonly onEmit: CallOptions['onEmit'];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function openThread<M extends Methods<M>>(file: URL, options: ThreadOptions = {}): Thread<M> {
  const crashError =
    options.crashError ??
    ((cause) => new AppError('thread', 'a worker thread ended unexpectedly', { cause }));
  let running: { worker: Worker; pending: Map<number, PendingCall> } | undefined;
  let closing: Promise<void> = Promise.resolve();
  let lastId = 0;

  function start() {
    const worker = new Worker(file, { workerData: options.workerData });
    const pending = new Map<number, PendingCall>();
    const started = { worker, pending };
    const end = (cause: unknown) => {
      if (running === started) running = undefined;
      for (const call of pending.values()) call.reject(crashError(cause));
      pending.clear();
    };
    worker.on('message', (reply: Reply) => {
      const call = pending.get(reply.id);
      if (call === undefined) return;
      if (reply.kind === 'emit') return void passOn(worker, reply.id, call, reply.value);
      pending.delete(reply.id);
      // An idle thread does not keep the process alive; one that is being closed does.
      if (pending.size === 0 && running === started) worker.unref();
      if (reply.kind === 'result') call.resolve(reply.value);
      else call.reject(revive(reply.error));
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`worker exited with code ${code}`)));
    return (running = started);
  }

  return {
    call(method, input, { transfer = [], signal, onEmit } = {}) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const { worker, pending } = running ?? start();
        const id = ++lastId;
        post(worker, { kind: 'call', id, method, input }, transfer);
        const abort = () => post(worker, { kind: 'abort', id });
        const settle = () => signal?.removeEventListener('abort', abort);
        pending.set(id, {
          onEmit,
          resolve(value) {
            settle();
            resolve(value as never);
          },
          reject(error) {
            settle();
            reject(error);
          },
        });
        signal?.addEventListener('abort', abort);
        worker.ref();
      });
    },

    close() {
      if (running === undefined) return closing;
      const { worker } = running;
      running = undefined;
      worker.ref();
      closing = new Promise((resolve) => worker.once('exit', () => resolve()));
      post(worker, { kind: 'close' });
      return closing;
    },
  };
}

async function passOn(worker: Worker, id: number, call: PendingCall, value: unknown): Promise<void> {
  try {
    await call.onEmit?.(value as never);
    post(worker, { kind: 'emitted', id, error: null });
  } catch (error) {
    post(worker, { kind: 'emitted', id, error: flatten(error) });
  }
}

interface RunningCall {
  readonly done: Promise<void>;
  cancel(): void;
  emitted(error: ThrownError | null): void;
}

/** What a thread answers calls with. */
export interface Service<M extends Methods<M>> {
  readonly methods: M;
  /** Before it ends, when its calls are done. */
  readonly onClose?: (() => void | Promise<void>) | undefined;
}

/**
 * Worker side: answers calls until the other side closes. The module keeps nothing outside of what `create` makes of
 * the thread's `workerData`. @returns serves another one beside, over any port
 */
export function threadModule<D, M extends Methods<M>>(create: (data: D) => Service<M>) {
  if (parentPort !== null) serve(parentPort, create(workerData as D));
  return (port: MessagePort, data: D): void => serve(port, create(data));
}

function serve<M extends Methods<M>>(
  port: MessagePort,
  { methods, onClose = () => undefined }: Service<M>,
): void {
  const calls = new Map<number, RunningCall>();

  function run(id: number, method: keyof M, input: unknown): RunningCall {
    const abort = new AbortController();
    const transfer: Transferable[] = [];
    let waiting: { resolve(): void; reject(error: unknown): void } | undefined;

    const emit = (value: unknown, moved: readonly Transferable[] = []) =>
      new Promise<void>((resolve, reject) => {
        abort.signal.throwIfAborted();
        waiting = { resolve, reject };
        post(port, { kind: 'emit', id, value }, moved);
      });

    async function answer(): Promise<void> {
      try {
        const value = await methods[method](input as never, { signal: abort.signal, transfer, emit });
        post(port, { kind: 'result', id, value }, transfer);
      } catch (error) {
        post(port, { kind: 'error', id, error: flatten(error) });
      }
    }

    return {
      done: answer().then(() => void calls.delete(id)),
      cancel() {
        abort.abort();
        waiting?.reject(abort.signal.reason);
      },
      emitted(error) {
        if (error === null) waiting?.resolve();
        else waiting?.reject(revive(error));
      },
    };
  }

  async function end(): Promise<void> {
    for (const call of calls.values()) call.cancel();
    await Promise.all([...calls.values()].map((call) => call.done));
    await onClose();
    port.close();
  }

  port.on('message', (request: Request) => {
    if (request.kind === 'call')
      calls.set(request.id, run(request.id, request.method as keyof M, request.input));
    else if (request.kind === 'abort') calls.get(request.id)?.cancel();
    else if (request.kind === 'emitted') calls.get(request.id)?.emitted(request.error);
    else void end();
  });
}

function post(
  port: { postMessage(value: unknown, transfer: readonly Transferable[]): void },
  message: Request | Reply,
  transfer: readonly Transferable[] = [],
): void {
  port.postMessage(message, transfer);
}

function flatten(thrown: unknown): ThrownError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = error instanceof AppError ? error : undefined;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: known?.code,
    advice: known?.advice,
  };
}

function revive({ name, message, stack, code, advice }: ThrownError): Error {
  const cause = new Error(message);
  cause.name = name;
  if (stack !== undefined) cause.stack = stack;
  if (code === undefined) return cause;
  const options = { cause, ...(advice !== undefined && { advice }) };
  return name === 'StoreError'
    ? new StoreError(code as StoreErrorCode, message, options)
    : new AppError(code, message, options);
}
