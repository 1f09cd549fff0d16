import type { Generation } from '../../../domain/generation.ts';

/** The tables whose rows have the time of an observation; of v12 one more. */
export function timedTables(generation: Generation): {
  readonly rows: readonly string[];
  readonly names: readonly string[];
} {
  return {
    rows: ['StationItem', 'ShipVendor', ...(generation === 'v12' ? ['UpgradeVendor'] : [])],
    names: ['System', 'Station'],
  };
}

/** The time of what has none. */
export const NO_TIME = "'1970-01-01 00:00:00'";
