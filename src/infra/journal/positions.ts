import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { publishFile } from '../publishing/publish.ts';
import type { ReadPosition } from './journal-file.ts';

/** How far the journals of a folder were read, by file name. What cannot be read is taken for nothing: they are read again. */
export async function readPositions<Context>(
  file: string,
  context: z.ZodType<Context>,
): Promise<Map<string, ReadPosition<Context>>> {
  const schema = z.record(z.string(), z.object({ offset: z.int().min(0), head: z.string(), context }));
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    return new Map();
  }
}

/** @throws AppError when the disk is full or the directory not writable */
export async function writePositions(
  file: string,
  positions: ReadonlyMap<string, ReadPosition<unknown>>,
): Promise<void> {
  const text = JSON.stringify(Object.fromEntries(positions));
  await publishFile(file, (write) => write(Buffer.from(text)));
}
