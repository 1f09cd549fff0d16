import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { publishFile } from '../publishing/publish.ts';
import type { ReadPosition } from './journal-file.ts';

const position = z.object({
  atS: z.number(),
  systemName: z.string(),
  systemId: z.string().nullable(),
  station: z.object({ name: z.string(), marketId: z.number(), type: z.string().nullable() }).nullable(),
});

const schema = z.record(
  z.string(),
  z.object({
    offset: z.int().min(0),
    head: z.string(),
    context: z.object({ fid: z.string().nullable(), position: position.nullable() }),
  }),
);

/** How far the journals of a folder were read, by file name. What cannot be read is taken for nothing: they are read again. */
export async function readPositions(file: string): Promise<Map<string, ReadPosition>> {
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    return new Map();
  }
}

/** @throws AppError when the disk is full or the directory not writable */
export async function writePositions(
  file: string,
  positions: ReadonlyMap<string, ReadPosition>,
): Promise<void> {
  const text = JSON.stringify(Object.fromEntries(positions));
  await publishFile(file, (write) => write(Buffer.from(text)));
}
