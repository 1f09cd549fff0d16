import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  keptOf,
  reachedFrom,
  type Delta,
  type DeltaIndex,
  type DeltaKind,
  type LogPoint,
} from '../../../domain/deltas/deltas.ts';
import { Entry, Index, readJson, writeJson } from './json-files.ts';
import { DELTA_FILE, DELTA_INDEX, FULL_MANIFEST } from './names.ts';

/** What is on the shelf: a manifest makes a delta, the index is made from them. */
export interface Shelf {
  readonly logId: string;
  readonly next: Readonly<Record<DeltaKind, LogPoint>>;
  readonly deltas: readonly Delta[];
}

/** @returns null: there is nothing of this log on it */
export async function readShelf(directory: string, logId: string): Promise<Shelf | null> {
  await mkdir(directory, { recursive: true });
  const [index, names] = await Promise.all([
    readJson(join(directory, DELTA_INDEX), Index),
    readdir(directory),
  ]);
  const indexed = new Map(index?.deltas.map((delta) => [delta.name, delta]));
  const deltas: Delta[] = [];
  for (const name of names) {
    if (!name.endsWith('.json') || name === DELTA_INDEX || !DELTA_FILE.test(name)) continue;
    const delta = indexed.get(name) ?? (await readJson(join(directory, name), Entry));
    if (delta?.logId === logId) deltas.push(delta);
  }
  // A delta may have been made after the index.
  const next = (kind: DeltaKind) =>
    [
      ...deltas.filter((delta) => delta.kind === kind).map(({ to }) => to),
      ...(index?.logId === logId ? [index.next[kind]] : []),
    ]
      .toSorted((a, b) => a.seq - b.seq || a.at.localeCompare(b.at))
      .at(-1);
  const [hourly, daily] = [next('hourly'), next('daily')];
  return hourly === undefined ? null : { logId, next: { hourly, daily: daily ?? hourly }, deltas };
}

/** Replaces the index, then takes away what is not in it. */
export async function writeShelf(directory: string, { logId, next, deltas }: Shelf): Promise<void> {
  const kept = keptOf(deltas);
  const index: DeltaIndex = {
    ...{ version: 1, logId, from: reachedFrom(kept, next.hourly), to: next.hourly },
    ...{ full: `../${FULL_MANIFEST}`, next, deltas: kept },
  };
  await writeJson(join(directory, DELTA_INDEX), index);
  const wanted = new Set([
    DELTA_INDEX,
    ...kept.flatMap(({ name, files }) => [name, ...files.map((file) => file.name)]),
  ]);
  const old = (await readdir(directory)).filter((name) => !wanted.has(name));
  // Manifests first: what has one is whole.
  for (const name of old.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')))) {
    await rm(join(directory, name), { force: true });
  }
}
