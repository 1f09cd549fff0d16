import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Delta, DeltaIndex } from '../../../domain/deltas/deltas.ts';
import { publishFile } from '../publish.ts';

const count = z.int().nonnegative();
const point = z.object({ seq: count, at: z.iso.datetime() });
const sums = {
  rows: count,
  bytes: count,
  sha256: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: count, sha256: z.string() })),
};
const delta = {
  ...sums,
  name: z.string(),
  kind: z.enum(['hourly', 'daily']),
  logId: z.string(),
  from: point,
  to: point,
  stations: count,
};

/** Of a manifest what the index tells: not the lists, which may be long. */
export const Entry = z.object(delta) satisfies z.ZodType<Delta>;

export const Index = z.object({
  version: z.literal(1),
  logId: z.string(),
  from: point,
  to: point,
  full: z.string(),
  next: z.object({ hourly: point, daily: point }),
  deltas: z.array(Entry),
}) satisfies z.ZodType<DeltaIndex>;

/** Of `listings.csv`. */
export const FullManifest = z.object({
  version: z.literal(1),
  name: z.string(),
  logId: z.string(),
  seq: count,
  at: z.iso.datetime(),
  /** Of `listings.csv`: with another one in its place this says nothing. */
  modified: z.iso.datetime(),
  ...sums,
});

/** @returns null: there is none, or it says nothing */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces it at one instant. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await publishFile(path, (write) => write(new TextEncoder().encode(`${JSON.stringify(value)}\n`)));
}
