import type { WhitelistEntry } from './staging-rules.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

/** Why a client program's messages are refused. */
type WhitelistRefusal =
  | 'software not whitelisted'
  | 'software version too old'
  | 'software version unreadable'
  | 'whitelist minversion unreadable';

/** @returns null when the program is welcome */
export type Whitelist = (software: string, version: unknown) => WhitelistRefusal | null;

const key = (software: string) => software.trim().toLowerCase();

/**
 * Prepares a whitelist for many messages. The first entry of a program counts. An entry whose `minversion` cannot be
 * read refuses its program: letting everything in would not be what its author wanted.
 */
export function compileWhitelist(entries: readonly WhitelistEntry[]): Whitelist {
  const minimums = new Map<string, Version | 'any' | 'unreadable'>();
  for (const { software, minversion } of entries) {
    if (minimums.has(key(software))) continue;
    const minimum = minversion?.trim() ? (parseVersion(minversion) ?? 'unreadable') : 'any';
    minimums.set(key(software), minimum);
  }
  return (software, version) => {
    const minimum = minimums.get(key(software));
    if (minimum === undefined) return 'software not whitelisted';
    if (minimum === 'any') return null;
    if (minimum === 'unreadable') return 'whitelist minversion unreadable';
    const parsed =
      typeof version === 'string' || typeof version === 'number' ? parseVersion(String(version)) : null;
    if (parsed === null) return 'software version unreadable';
    return compareVersions(parsed, minimum) < 0 ? 'software version too old' : null;
  };
}
