import { bootstrap } from './bootstrap.ts';
import { launch } from './launch.ts';
import { keepNow } from './now.ts';
import type { Health, Status } from './http/telling.ts';

export type { Health, Status };

export interface DaemonOptions {
  /** Where the configuration file is, and where relative paths begin; default: the working directory. */
  readonly directory?: string;
  /** Instead of the process's environment: `TD_DB_CONFIG`, `TD_DATA` and the others (docs/configuration.md). */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether the galaxy is kept up to date from Spansh; default true. */
  readonly update?: boolean;
}

export interface Daemon {
  /**
   * Takes the data directory, serves HTTP where the configuration wants it, and starts the machines.
   * @throws Error that says what to do: another daemon works there, the address is taken; it can be started again then
   */
  start(): Promise<void>;
  /**
   * Ends in order: what is queued is written, the rest is in the spool.
   * @returns null; or why the daemon has failed, before this or at it
   */
  stop(): Promise<string | null>;
  /** Where it answers over HTTP; null: nowhere, or it does not run. */
  readonly url: string | null;
  /** Null: it does not run. */
  health(): Health | null;
  /** What `/status` tells: every actor, all totals, what waits. Null: it does not run. */
  status(): Status | null;
  /** Resolves when it has ended, stopped or not: null, or why it has failed. */
  readonly ended: Promise<string | null>;
}

interface Running {
  readonly url: string | null;
  readonly health: () => Health;
  readonly status: () => Status;
  readonly stop: () => void;
}

/**
 * The daemon in a program of others; it runs once. It handles no signals and tells only trouble, on standard error.
 * @throws Error that says what to do when configuration or paths are not as they must be
 */
export async function createDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const { directory: cwd = process.cwd(), env = process.env, update = true } = options;
  const base = await bootstrap({ cwd, env }, { logTo: 'stderr' });
  const ended = Promise.withResolvers<string | null>();
  let running: Running | null = null;
  let starting: Promise<void> | null = null;

  async function start(): Promise<void> {
    const { tellingOf } = await import('./http/telling.ts');
    const { about, system, url, close } = await launch(base, update);
    const { health, status } = tellingOf(base, system, about);
    const saveNow = keepNow(base.now, base.paths.clockFile, base.log);
    let timer: NodeJS.Timeout | undefined;
    const late = Promise.withResolvers<string>();
    running = {
      ...{ url, health, status },
      stop() {
        system.stop();
        const { shutdownTimeoutMs } = base.config;
        timer ??= setTimeout(
          () => late.resolve(`not stopped after ${shutdownTimeoutMs / 1000} s`),
          shutdownTimeoutMs,
        );
      },
    };
    system.start();
    const done = system.done.then(({ failure }) => failure?.reason ?? null);
    void Promise.race([done, late.promise]).then(async (failure) => {
      clearTimeout(timer);
      await saveNow();
      await close(failure === null);
      await base.log.close();
      running = null;
      ended.resolve(failure);
    }, ended.reject);
  }

  return {
    start() {
      starting ??= start().catch((error: unknown) => {
        starting = null;
        throw error;
      });
      return starting;
    },
    async stop() {
      await starting;
      if (starting === null) return null;
      running?.stop();
      return ended.promise;
    },
    get url() {
      return running?.url ?? null;
    },
    health: () => running?.health() ?? null,
    status: () => running?.status() ?? null,
    ended: ended.promise,
  };
}
