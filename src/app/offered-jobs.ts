import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../actors/system.ts';
import { describeError } from '../domain/errors.ts';
import { goesOn, type DescribedJob, type Job } from '../domain/jobs/job.ts';
import type { AggregateStore } from '../domain/ports/store/aggregate-store.ts';
import type { Jobs } from '../domain/ports/upkeep/jobs.ts';
import type { Bootstrap } from './bootstrap.ts';
import { needOwnTables } from './control/methods.ts';

interface Kept {
  readonly jobs: Jobs & { readonly stopAll: () => void };
  readonly close: () => Promise<void>;
}

/** Jobs, of which nothing is loaded before one is asked for, or goes on. */
export interface OfferedJobs {
  /** @throws AppError where none can be kept */
  readonly ask: () => Promise<Jobs>;
  /** Those there are; none where nothing is loaded. Never rejects. */
  readonly known: () => Promise<readonly DescribedJob[]>;
  /** Takes up those of an earlier life, as soon as the database tells them. */
  readonly goOn: () => void;
  /** They end their processes; nothing more is taken. */
  readonly stop: () => void;
  readonly close: () => Promise<void>;
}

/** Whether the database answers is asked again after so long, in the end. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 30_000;

export function offerJobs(
  base: Bootstrap,
  system: Pick<System, 'adopt'>,
  store: Pick<AggregateStore, 'aggregates'>,
): OfferedJobs {
  const { config, log, paths } = base;
  const ended = new AbortController();
  let kept: Promise<Kept> | null = null;

  function keep(): Promise<Kept> {
    ended.signal.throwIfAborted();
    needOwnTables(config.ownTables);
    kept ??= import('./ports/jobs.ts')
      .then(({ keepJobs }) => keepJobs(base, system))
      .catch((error: unknown) => {
        kept = null;
        throw error;
      });
    return kept;
  }

  async function lookForWork(): Promise<void> {
    for (let waitMs = FIRST_LOOK_MS; !ended.signal.aborted; waitMs = Math.min(LOOK_MS, 2 * waitMs)) {
      try {
        if (await isWorkLeft(store, paths.jobsDir)) await keep();
        return;
      } catch (error) {
        log.debug({}, `jobs: not read yet: ${describeError(error)}`);
        await sleep(waitMs, undefined, { signal: ended.signal }).catch(() => undefined);
      }
    }
  }

  return {
    ask: async () => (await keep()).jobs,
    known: async () => (await kept?.then(({ jobs }) => jobs.list()).catch(() => [])) ?? [],
    goOn() {
      if (config.ownTables && existsSync(paths.jobsDir)) void lookForWork();
    },
    stop() {
      ended.abort();
      void kept?.then((each) => each.jobs.stopAll()).catch(() => undefined);
    },
    async close() {
      await kept?.then((each) => each.close()).catch(() => undefined);
    },
  };
}

/** A job that has not ended, or has left something to be written. */
async function isWorkLeft(store: Pick<AggregateStore, 'aggregates'>, directory: string): Promise<boolean> {
  if (readdirSync(directory).some((name) => name.endsWith('.spool.db'))) return true;
  return (await store.aggregates('job')).some(({ json }) => goesOn(JSON.parse(json) as Job));
}
