import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { run } from '../../src/cli/run.ts';
import { DAEMON, inherited, type Exit, type Program, type ProgramOptions } from './daemon.ts';
import { ProgramOutput } from './program-output.ts';
import { threadsHere } from './threads-here.ts';

/** Loaded as Node loads it, once for all programs of a process, and without Vite's translation. */
const load = createRequire(import.meta.url);
const cli = load('../../src/cli/run.ts') as { readonly run: typeof run };
// It ends the process at a signal that nobody else hears: here that is none of the program's own listeners.
load('proper-lockfile');

/** Where what is printed now belongs to. */
const printing = new AsyncLocalStorage<ProgramOutput>();

/** Of programs whose threads are threads. */
const inThreads = new WeakSet<ProgramOutput>();
threadsHere(() => {
  const output = printing.getStore();
  return output !== undefined && !inThreads.has(output);
});

for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name];
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const output = printing.getStore();
    if (output === undefined) return write(chunk, ...rest);
    output[name](String(chunk));
    const done = rest.find((each) => typeof each === 'function');
    if (done !== undefined) setImmediate(done as () => void);
    return true;
  };
}
process.setMaxListeners(0);

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'];

/** One at a time reads where it was started and with what. */
let turn: Promise<unknown> = Promise.resolve();

/** A program may look for its directory as long as it runs; those of tests are removed then. */
const HOME = process.cwd();
let running = 0;

export interface HereOptions extends ProgramOptions {
  /** Its store and its spool have threads of their own: where it matters what goes on at once. */
  readonly threads?: boolean;
}

/**
 * The program in this process, with the threads of its store and its spool: a tenth of what a process of its own costs. It
 * cannot be killed, has no limits, user or memory of its own, and takes signals only from {@link Program.kill}.
 */
export function startHere({ cwd, args = DAEMON, env = {}, threads = false }: HereOptions): Program {
  const output = new ProgramOutput();
  if (threads) inThreads.add(output);
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  running += 1;
  const started = turn.then(() => {
    const outside = process.env;
    process.chdir(cwd);
    process.env = { ...inherited(outside), ...env };
    const code = printing.run(output, () => cli.run(args));
    turn = Promise.race([code, output.begun]).then(() => void (process.env = outside));
    return { code };
  });
  const exit = started
    .then(({ code }) => code)
    .then((code): Exit => ({ code, signal: null, ...output.texts }));
  let hasEnded = false;
  const onEnd = () => {
    hasEnded = true;
    running -= 1;
    if (running === 0) process.chdir(HOME);
  };
  void exit.finally(onEnd).catch(() => undefined);
  // As the system keeps a signal for a process that does not listen yet.
  const kill = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGKILL') throw new Error('only a process of its own can be killed: startProgram');
    const others = before.get(signal) ?? [];
    const own = process.listeners(signal).filter((listener) => !others.includes(listener));
    printing.run(output, () => {
      for (const listener of own) listener(signal);
    });
    if (own.length === 0 && !hasEnded) setTimeout(kill, 10, signal);
  };
  return {
    log: output.log,
    exit,
    logged: (text) => output.logged(text, exit),
    kill,
    async end() {
      kill('SIGTERM');
      await exit.catch(() => undefined);
    },
  };
}

/** Runs it to its end. */
export async function runHere(options: HereOptions): Promise<Exit> {
  return startHere(options).exit;
}
