import { AppError } from '../../domain/errors.ts';
import { callControl, type CallOptions } from '../../infra/control/client.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { whoWorks } from '../instance.ts';

/** A daemon that can be asked. */
export interface Daemon {
  readonly pid: number;
  /** @throws AppError as the daemon has thrown it */
  readonly call: (method: string, params?: object, options?: CallOptions) => Promise<unknown>;
}

/** @returns null: none works on the data directory */
export async function findDaemon({ paths }: Pick<Bootstrap, 'paths'>): Promise<Daemon | null> {
  const { daemon } = await whoWorks({ paths });
  if (daemon === null) return null;
  return {
    pid: daemon.pid,
    call: (method, params = {}, options = {}) => callControl(paths.controlSocket, method, params, options),
  };
}

/**
 * @param what it alone does
 * @throws AppError `control`: none works on the data directory
 */
export async function needDaemon(
  base: Pick<Bootstrap, 'paths'>,
  what = 'jobs are done by a daemon',
): Promise<Daemon> {
  const daemon = await findDaemon(base);
  if (daemon !== null) return daemon;
  throw new AppError('control', `no daemon works on ${base.paths.dataDir}`, {
    advice: `${what}: start one (tdl), or go to its working directory`,
  });
}
