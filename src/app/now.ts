import { readFile } from 'node:fs/promises';
import { describeError } from '../domain/errors.ts';
import { Now } from '../domain/now.ts';
import type { Log } from '../domain/ports/log.ts';
import { realTime } from '../infra/process/real-time.ts';
import { publishFile } from '../infra/publishing/publish.ts';

/** The clock, with the newest time that EDDN's gateway told a daemon with this file. One that is damaged tells nothing. */
export async function readNow(file: string): Promise<Now> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const provenMs = Date.parse(text.trim());
  return new Now(realTime, Number.isNaN(provenMs) ? 0 : provenMs);
}

const SAVE_EVERY_MS = 60_000;

/**
 * Keeps what the gateway tells in the file while a daemon runs.
 * @returns to be called at its end
 */
export function keepNow(now: Now, file: string, log: Log): () => Promise<void> {
  let savedMs = now.provenMs;
  const save = async () => {
    if (now.provenMs < savedMs + SAVE_EVERY_MS) return;
    savedMs = now.provenMs;
    try {
      await publishFile(file, (write) => write(Buffer.from(`${new Date(savedMs).toISOString()}\n`)));
    } catch (error) {
      log.debug({ error }, `the time was not saved: ${describeError(error)}`);
    }
  };
  const timer = setInterval(() => void save(), SAVE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return save();
  };
}
