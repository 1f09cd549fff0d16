import { AppError } from '../../domain/errors.ts';

/** What the kernel's address of a Unix socket has room for. */
const MAX_PATH_BYTES = 107;

/** @throws AppError `control` */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_PATH_BYTES) return;
  throw new AppError('control', `${path} has ${bytes} bytes, and a socket has room for ${MAX_PATH_BYTES}`, {
    advice: 'jobs and commands to the daemon need a data directory with a shorter path (TD_DATA)',
  });
}
