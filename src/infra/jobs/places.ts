import { join } from 'node:path';

/** What a job has for itself: its spool, and the file that says which process works on it. */
export function placesOf(directory: string, id: string) {
  return {
    spoolFile: join(directory, `${id}.spool.db`),
    instanceFile: join(directory, `${id}.instance.json`),
  };
}
