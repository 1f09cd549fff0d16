import type { SemVer } from 'semver';
// Not the package's index: it loads 47 files, of which one is used here.
import parse from 'semver/functions/parse.js';

/** A client program's version: semantic, with whatever numbers it has beyond the third. */
export interface Version {
  /** The first three numbers and the pre-release. */
  readonly semantic: SemVer;
  /** Fourth and later numbers. */
  readonly rest: readonly number[];
}

/**
 * Reads the version strings client programs really send: `6.0.0`, `3.3.0.0`, `v1.2`, `6.0.0-rc1`, `6.0.0rc1`,
 * `12.0.1.2-beta`, `EDDiscovery 16`. Leading zeros and build data (`+...`) do not count.
 *
 * @returns null when there is no version in it
 */
export function parseVersion(text: string): Version | null {
  const match = /^(?:\D+\s)?v?(\d+(?:\.\d+)*)[-\s]*([^+]*)/i.exec(text.trim());
  if (match?.[1] === undefined) return null;
  const numbers = match[1].split('.').map(Number);
  const [major = 0, minor = 0, patch = 0, ...rest] = numbers;
  const preRelease = match[2]?.trim().replace(/\s+/g, '.');
  const semantic = parse(`${major}.${minor}.${patch}${preRelease ? `-${preRelease}` : ''}`, { loose: true });
  return semantic === null ? null : { semantic, rest };
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareVersions(a: Version, b: Version): number {
  const main = a.semantic.compareMain(b.semantic);
  if (main !== 0) return main;
  for (let i = 0; i < Math.max(a.rest.length, b.rest.length); i++) {
    const difference = (a.rest[i] ?? 0) - (b.rest[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.semantic.comparePre(b.semantic);
}
