import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { publishFile } from '../publishing/publish.ts';

/** What has been replayed whole, and in which state it was then. */
export interface ReplayLedger {
  /** @param name of a file, or the address of an archive. @returns null: it has not been */
  readonly stateOf: (name: string) => string | null;
  readonly add: (name: string, state: string) => Promise<void>;
}

/** @param path where it is kept; what cannot be read is taken for empty */
export async function openReplayLedger(path: string): Promise<ReplayLedger> {
  const known = await readFile(path, 'utf8')
    .then((text) => new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text)))))
    .catch(() => new Map<string, string>());
  return {
    stateOf: (name) => known.get(name) ?? null,
    async add(name, state) {
      known.set(name, state);
      const text = JSON.stringify(Object.fromEntries(known), null, 1);
      await publishFile(path, (write) => write(Buffer.from(text)));
    },
  };
}

/** What a file is called in the ledger, and in which state it is. */
export async function stateOfFile(file: string): Promise<{ readonly name: string; readonly state: string }> {
  const { size, mtimeMs } = await stat(file);
  return { name: resolve(file), state: `${size} bytes, ${new Date(mtimeMs).toISOString()}` };
}
