import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Whether the last line of a file has no end. */
export function endsTorn(file: string): boolean {
  let fd: number | undefined;
  try {
    // A FIFO would keep the program waiting for its other end.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1, '\n');
    if (size > 0) readSync(fd, last, 0, 1, size - 1);
    return last.toString() !== '\n';
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
