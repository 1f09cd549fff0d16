import { KEYS, type KeyName } from './keys.ts';
import type { Config } from './load.ts';
import type { Table } from './table.ts';

type Json = Readonly<Record<string, unknown>>;

const TABLE: Table = KEYS;
const NAMES = Object.keys(KEYS) as KeyName[];
/** The program itself writes these. */
const OWN: readonly KeyName[] = ['last_update', 'last_purge', 'last_db_maint'];

export interface ChangedKeys {
  /** Those a running daemon takes over. */
  readonly live: readonly KeyName[];
  readonly needRestart: readonly KeyName[];
}

/** Keys that stand differently in two contents of the file; a key that is not there has its default. */
export function changedKeys(before: Json, after: Json): ChangedKeys {
  const value = (json: Json, key: KeyName) =>
    JSON.stringify(Object.hasOwn(json, key) ? json[key] : TABLE[key]?.fallback);
  const changed = NAMES.filter((key) => !OWN.includes(key) && value(before, key) !== value(after, key));
  return { live: changed.filter(isLive), needRestart: changed.filter((key) => !isLive(key)) };
}

/** The part of a configuration that a running daemon takes over. */
export function livePart(config: Config): Partial<Config> {
  // Beside the keys that are fields of their own there are the rules, which are made of live keys only.
  const fields = new Set<string>(['rules', ...NAMES.filter(isLive).map((key) => KEYS[key].field)]);
  return Object.fromEntries(Object.entries(config).filter(([field]) => fields.has(field)));
}

function isLive(key: KeyName): boolean {
  return TABLE[key]?.live === true;
}
