import type { Bootstrap } from '../app/bootstrap.ts';
import { findDaemon, type Daemon } from '../app/control/client.ts';
import { AppError, describeError } from '../domain/errors.ts';

/** The daemon that is doing a command's work, as far as it is told. */
const told = new WeakMap<Bootstrap, number>();

/**
 * Has the daemon that works on the data directory do a command, for the work is its own.
 * @returns what it says; null: no daemon does, and the command is to do it itself
 * @throws AppError as the daemon has thrown it
 */
export async function askDaemon(
  base: Bootstrap,
  method: string,
  params: object = {},
  options?: Parameters<Daemon['call']>[2],
): Promise<unknown> {
  const daemon = await findDaemon(base);
  if (daemon === null) return null;
  if (told.get(base) !== daemon.pid)
    process.stderr.write(`process ${daemon.pid} works here, and does this\n`);
  told.set(base, daemon.pid);
  try {
    return await daemon.call(method, params, options);
  } catch (error) {
    // A daemon of an earlier version, or without a socket: all of these work beside one.
    if (!(error instanceof AppError) || error.code !== 'control') throw error;
    process.stderr.write(`${describeError(error)}: done beside it\n`);
    return null;
  }
}
