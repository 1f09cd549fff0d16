import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DELTA_FILE, DELTA_INDEX, FULL_COMPRESSED, FULL_MANIFEST } from './deltas/names.ts';
import { sharedVersion } from './regular-file.ts';

/** Where the files are that several daemons publish alike. */
export interface SharedPlaces {
  /** Path by public name. */
  readonly files: ReadonlyMap<string, string>;
  /** Absent: there are no deltas. */
  readonly deltasDir?: string;
}

/** A published file as another daemon may have it: of the same version by its length and time. */
export interface SharedFile {
  /** `listings.csv`, `deltas/index.json`. */
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
  readonly version: string;
}

const DELTAS = 'deltas/';

/** @returns undefined: no such file is shared */
export function sharedPath({ files, deltasDir }: SharedPlaces, name: string): string | undefined {
  if (!name.startsWith(DELTAS)) return files.get(name);
  const file = name.slice(DELTAS.length);
  return deltasDir !== undefined && DELTA_FILE.test(file) ? join(deltasDir, file) : undefined;
}

/** Those that are there, in the order in which they may replace others: whatever one refers to comes before it. */
export async function sharedFiles(places: SharedPlaces): Promise<SharedFile[]> {
  const deltas = places.deltasDir === undefined ? [] : await readdir(places.deltasDir).catch(() => []);
  const names = [...places.files.keys(), ...deltas.map((name) => `${DELTAS}${name}`)];
  const found = await Promise.all(names.map((name) => lookAt(places, name)));
  return found.filter((file) => file !== null).toSorted((a, b) => rank(a.name) - rank(b.name));
}

async function lookAt(places: SharedPlaces, name: string): Promise<SharedFile | null> {
  const path = sharedPath(places, name);
  const stats = path === undefined ? null : await lstat(path, { bigint: true }).catch(() => null);
  return stats?.isFile() === true && stats.size > 0n ? { name, ...sharedVersion(stats) } : null;
}

function rank(name: string): number {
  if (name === FULL_MANIFEST) return 6;
  if (name === `${DELTAS}${DELTA_INDEX}`) return 5;
  if (name.startsWith(DELTAS)) return name.endsWith('.json') ? 4 : 3;
  if (name === FULL_COMPRESSED) return 2;
  return name.startsWith('listings') ? 1 : 0;
}

export function isDelta(name: string): boolean {
  return name.startsWith(DELTAS);
}
