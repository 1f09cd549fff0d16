import { OPERATING_KEYS } from './operating-keys.ts';
import { OWN_KEYS } from './own-keys.ts';
import { REFERENCE_KEYS } from './reference-keys.ts';
import { SERVING_KEYS } from './serving-keys.ts';
import type { Table } from './table.ts';

/**
 * The keys of `tradedangerous-listener-config.json`, in the order of the default file: first those of the
 * reference, then this program's own (docs/configuration.md shows the table).
 */
export const KEYS = {
  ...REFERENCE_KEYS,
  ...OWN_KEYS,
  ...SERVING_KEYS,
  ...OPERATING_KEYS,
} as const satisfies Table;

export type KeyName = keyof typeof KEYS;

/** Pairs that only make sense in this order. */
export const ORDERED_KEYS = [
  ['listener_db_backoff_min', 'listener_db_backoff_cap'],
  ['listener_station_lock_backoff_min', 'listener_station_lock_backoff_cap'],
] as const satisfies readonly (readonly [KeyName, KeyName])[];

/** What a new file holds: every key that is not optional. */
export function defaultFile(): Record<string, unknown> {
  const table: Table = KEYS;
  return Object.fromEntries(
    Object.entries(table)
      .filter(([, key]) => key.optional !== true)
      .map(([name, key]) => [name, key.fallback]),
  );
}
