import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../../actors/system.ts';
import { describeError } from '../../domain/errors.ts';
import { goesOn, type Job } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../domain/ports/upkeep/jobs.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { serveControl, type ControlServer } from '../../infra/control/server.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { About } from '../http/telling.ts';
import { controlMethods, needOwnTables, type ControlDeps } from './methods.ts';

interface Kept {
  readonly jobs: Jobs & { readonly stopAll: () => void };
  readonly close: () => Promise<void>;
}

/** What the daemon does for who asks from the command line. */
export interface Control {
  /** Jobs end their processes; nothing more is taken. */
  readonly stop: () => void;
  readonly close: () => Promise<void>;
}

/** Whether the database answers is asked again after so long, in the end. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 30_000;

/** A daemon without its socket is told of, and works. Of jobs nothing is loaded before one is asked for, or goes on. */
export async function offerControl(
  base: Bootstrap,
  system: System,
  {
    about,
    store,
    reloadJournals,
  }: {
    readonly about: About;
    readonly store: Pick<AggregateStore, 'aggregates'>;
  } & Pick<ControlDeps, 'reloadJournals'>,
): Promise<Control> {
  const { config, log, paths } = base;
  const ended = new AbortController();
  let kept: Promise<Kept> | null = null;

  function jobs(): Promise<Kept> {
    ended.signal.throwIfAborted();
    needOwnTables(config.ownTables);
    kept ??= import('../ports/jobs.ts')
      .then(({ keepJobs }) => keepJobs(base, system))
      .catch((error: unknown) => {
        kept = null;
        throw error;
      });
    return kept;
  }

  /** Jobs of an earlier life go on as soon as the database tells them. */
  async function goOn(): Promise<void> {
    for (let waitMs = FIRST_LOOK_MS; !ended.signal.aborted; waitMs = Math.min(LOOK_MS, 2 * waitMs)) {
      try {
        if (await isWorkLeft(store, paths.jobsDir)) await jobs();
        return;
      } catch (error) {
        log.debug({}, `jobs: not read yet: ${describeError(error)}`);
        await sleep(waitMs, undefined, { signal: ended.signal }).catch(() => undefined);
      }
    }
  }

  let server: ControlServer | null = null;
  const methods = controlMethods({
    jobs: async () => (await jobs()).jobs,
    status: async () => {
      const { tellingOf } = await import('../http/telling.ts');
      return tellingOf(base, system, about).status();
    },
    store,
    asking: system.asking,
    reloadJournals,
  });
  try {
    server = await serveControl(paths.controlSocket, methods, log);
  } catch (error) {
    log.warn({}, `control: ${describeError(error)}`);
  }
  if (config.ownTables && existsSync(paths.jobsDir)) void goOn();
  const stop = () => {
    ended.abort();
    void kept?.then((each) => each.jobs.stopAll()).catch(() => undefined);
  };
  return {
    stop,
    async close() {
      stop();
      await server?.close();
      await kept?.then((each) => each.close()).catch(() => undefined);
    },
  };
}

/** A job that has not ended, or has left something to be written. */
async function isWorkLeft(store: Pick<AggregateStore, 'aggregates'>, directory: string): Promise<boolean> {
  if (readdirSync(directory).some((name) => name.endsWith('.spool.db'))) return true;
  return (await store.aggregates('job')).some(({ json }) => goesOn(JSON.parse(json) as Job));
}
