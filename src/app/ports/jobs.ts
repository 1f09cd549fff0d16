import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JobPool } from '../../actors/job/pool.ts';
import type { System } from '../../actors/system.ts';
import { createJobLogs } from '../../infra/jobs/logs.ts';
import { createJobRunner } from '../../infra/jobs/runner.ts';
import { realTime } from '../../infra/process/real-time.ts';
import { publishFile } from '../../infra/publishing/publish.ts';
import { createSpool } from '../../infra/spool/spool.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createStore } from './store.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/tdl.js', import.meta.url));
/** Entries of a spool that are in memory at a time. */
const CHUNK = 500;

/** Jobs that are kept, on a connection of their own: they outlive the system's. */
export async function keepJobs(
  base: Bootstrap,
  system: Pick<System, 'adopt'>,
): Promise<{ readonly jobs: JobPool; readonly close: () => Promise<void> }> {
  const { at, log, paths } = base;
  const home = await homeOf(paths.jobsDir);
  const store = await createStore(base);
  const logs = createJobLogs(paths.jobsDir, () => realTime.now());
  const runner = createJobRunner({
    ...{ directory: paths.jobsDir, program: [PROGRAM, 'run-job'], logs, ...at },
    adopt: (file) => adopt(file, base, system),
  });
  const jobs = new JobPool({ ...{ store, runner, logs, home, log }, time: realTime, random: Math.random });
  try {
    await jobs.load();
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    jobs,
    close: async () => {
      await jobs.close();
      await store.close();
    },
  };
}

/** Tells this data directory from others whose daemons share its database. */
async function homeOf(directory: string): Promise<string> {
  const file = join(directory, 'home');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known;
  const home = randomUUID();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await publishFile(file, (write) => write(Buffer.from(home)));
  return home;
}

async function adopt(file: string, { config, log }: Bootstrap, system: Pick<System, 'adopt'>): Promise<void> {
  const spool = createSpool({ file, parkedMax: config.parkedMax, log });
  try {
    await spool.open();
    const ids = (await spool.keys()).map(({ marketId }) => marketId);
    for (let from = 0; from < ids.length; from += CHUNK) {
      await system.adopt(await spool.take(ids.slice(from, from + CHUNK)));
    }
  } finally {
    await spool.close();
  }
}
