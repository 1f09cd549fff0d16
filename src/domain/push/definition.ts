import type { Side } from '../galaxy/quotes.ts';

/** What is watched, as it was written: names are looked up when somebody listens. */
export interface WatchDefinition {
  readonly markets?: readonly number[];
  readonly systems?: readonly string[];
  readonly near?: string;
  /** Light years around `near`. */
  readonly within?: number;
  readonly commodities?: readonly string[];
  /** Goods that are still to be bought for these builds, by market id or name; sold, and around the first of them, unless told else. */
  readonly builds?: readonly string[];
  readonly side?: Side;
  /** Credits a tonne, tonnes. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly minUnits?: number;
}

/** Something to watch that has a name, so that others need not know what it is. */
export interface NamedSubscription {
  readonly name: string;
  readonly watch: WatchDefinition;
  /** Name of the token; null: it is in the configuration. */
  readonly madeBy: string | null;
  /** Epoch seconds; null: it is in the configuration. */
  readonly madeAtS: number | null;
}

/** By which it is asked for: names are compared without case. */
export function subscriptionId(name: string): string {
  return name.toLowerCase();
}

/** The same text for the same definition, in whatever order and case it was written. */
export function canonicalWatch(watch: WatchDefinition): string {
  const keys = Object.keys(watch).sort() as (keyof WatchDefinition)[];
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, plain(watch[key])])));
}

function plain(value: WatchDefinition[keyof WatchDefinition]): unknown {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'object'
    ? [...new Set(Array.from<string | number, unknown>(value, plain))].sort()
    : value;
}
