import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobEnd } from '../../domain/jobs/job.ts';
import type { JobLogLevel, JobLogs, JobProcess, JobRunner } from '../../domain/ports/upkeep/jobs.ts';
import { inspectInstance } from '../process/instance-lock.ts';
import { placesOf } from './places.ts';

export interface JobRunnerOptions {
  readonly directory: string;
  /** Arguments of this Node that run a job, which it is told on its standard input. */
  readonly program: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logs: Pick<JobLogs, 'append'>;
  /** Takes over what waits in a spool. */
  readonly adopt: (spoolFile: string) => Promise<void>;
}

const LOOK_MS = 250;
/** Of pino. */
const LEVELS: Readonly<Record<number, JobLogLevel>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** Jobs as processes of their own. One whose daemon has died finds its standard input closed, and ends. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { directory, program, cwd, env, logs } = options;
  return {
    async start(job, signal) {
      await noneLeft(job.id, signal);
      // Ctrl-C on the daemon's terminal is the daemon's.
      const child = spawn(process.execPath, program, { cwd, env, detached: true });
      await once(child, 'spawn');
      child.on('error', () => undefined);
      child.stdin.on('error', () => undefined);
      child.stdin.write(`${JSON.stringify({ id: job.id, work: job.work })}\n`);
      return processOf(job, child, logs);
    },
    async settle(id) {
      const { spoolFile, instanceFile } = placesOf(directory, id);
      // Another one works on it: it may have been too young to be found when this one began.
      if ((await inspectInstance(instanceFile)).state === 'held') return;
      await rm(instanceFile, { force: true });
      if (!existsSync(spoolFile)) return;
      await options.adopt(spoolFile);
      await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(spoolFile + suffix, { force: true })));
    },
  };

  /** A daemon that was killed may have left one that has not noticed yet. */
  async function noneLeft(id: string, signal: AbortSignal): Promise<void> {
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      const found = await inspectInstance(placesOf(directory, id).instanceFile);
      if (found.state !== 'held') return;
      if (!told) {
        logs.append(id, {
          level: 'warn',
          msg: `process ${found.owner.pid} of an earlier life still runs: waiting`,
        });
      }
      told = true;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }
}

function processOf({ id }: Job, child: ChildProcess, logs: Pick<JobLogs, 'append'>): JobProcess {
  let lastError: string | null = null;
  const listen = (stream: Readable | null, take: (text: string) => void) => {
    if (stream !== null) createInterface({ input: stream }).on('line', take);
  };
  listen(child.stdout, (msg) => logs.append(id, { level: 'info', answer: true, msg }));
  listen(child.stderr, (text) => {
    const line = lineOf(text) ?? { level: 'error', msg: text };
    if (line.level === 'error') lastError = line.msg;
    logs.append(id, line);
  });
  logs.append(id, { level: 'info', msg: `process ${child.pid ?? 0}` });
  return {
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise<JobEnd>((resolve) => {
      child.on('close', (exitCode, signal) => {
        const how = exitCode === null ? `ended by ${signal ?? ''}` : `ended with exit code ${exitCode}`;
        const why = lastError === null ? how : `${how}: ${lastError}`;
        resolve({ exitCode, reason: exitCode === 0 ? 'done' : why });
      });
    }),
  };
}

function lineOf(text: string): { readonly level: JobLogLevel; readonly msg: string } | null {
  if (!text.startsWith('{')) return null;
  try {
    const { level, msg } = JSON.parse(text) as { level?: number; msg?: unknown };
    return typeof msg === 'string' ? { level: LEVELS[level ?? 30] ?? 'info', msg } : null;
  } catch {
    return null;
  }
}
