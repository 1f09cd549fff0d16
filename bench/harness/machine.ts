import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { findMariadb } from '../../test/support/mariadb-binaries.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** Null: there is none. */
  readonly mariadb: string | null;
  /** Of the last minute, when the run began: above some tenths others were at work, too. */
  readonly loadAverage: number;
}

export async function describeMachine(): Promise<Machine> {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? 'unknown',
    mariadb: await mariadbVersion(),
    loadAverage: Number(os.loadavg()[0]!.toFixed(2)),
  };
}

async function mariadbVersion(): Promise<string | null> {
  const found = await findMariadb();
  if (found === undefined) return null;
  const text = execFileSync(found.server, ['--no-defaults', '--version'], {
    env: found.env,
    encoding: 'utf8',
  });
  const [, version = 'unknown'] = /Ver (\S+)/.exec(text) ?? [];
  return version;
}
