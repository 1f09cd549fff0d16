/**
 * What is known of a station: a fact a column, each with the rank of its source and its own time. Merging is a join, so
 * that order and repetition never matter.
 */

/** How much a source is worth. */
export const RANK = {
  /** Says what is so only where nobody tells: derived, or in passing. */
  fills: 1,
  /** Was there and looked. */
  tells: 2,
} as const;

export type Rank = (typeof RANK)[keyof typeof RANK];

/** Rank, observation time in epoch seconds, value. As a tuple, for it is kept as JSON. */
type Fact<V = string | number> = readonly [rank: Rank, atS: number, value: V];

/** What there can be facts about; what is unknown is absent. */
export interface FactValues {
  name: string;
  /** id64, decimal: it may have 64 bits. */
  system: string;
  /** The name of the system, as one told who knew no more. */
  seenIn: string;
  /** A name of station-kinds.ts. */
  type: string;
  planetary: 'Y' | 'N';
  pads: 'S' | 'M' | 'L';
  /** Light seconds from the star, whole. */
  ls: number;
  blackmarket: 'Y' | 'N';
  market: 'Y' | 'N';
  shipyard: 'Y' | 'N';
  outfitting: 'Y' | 'N';
  rearm: 'Y' | 'N';
  refuel: 'Y' | 'N';
  repair: 'Y' | 'N';
  body: string;
  /** All of them, ascending, with commas between. */
  services: string;
  /** `name=proportion`, the greatest first, with commas between. */
  economies: string;
}

export type FactName = keyof FactValues;
export type Facts = { readonly [Name in FactName]?: Fact<FactValues[Name]> };

/** Facts of one source and time; what is undefined is not known. */
export function factsOf(
  rank: Rank,
  atS: number,
  values: { readonly [Name in FactName]?: FactValues[Name] | undefined },
): Facts {
  // A loop, for every message comes through here: lists in between cost three times as much.
  const facts: Record<string, Fact> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) facts[name] = [rank, atS, value];
  }
  return facts;
}

/** Of each fact the one of the greater rank, then time, then value. Names come out sorted: equal facts, equal JSON. */
export function joinFacts(...some: readonly Facts[]): Facts {
  const joined = new Map<string, Fact>();
  for (const facts of some) {
    for (const [name, fact] of Object.entries(facts) as [string, Fact][]) {
      const other = joined.get(name);
      if (other === undefined || isGreater(fact, other)) joined.set(name, fact);
    }
  }
  return Object.fromEntries([...joined].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ranks, times and values of one fact are always of one type. */
function isGreater(a: Fact, b: Fact): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] > b[2] : a[1] > b[1];
}

/** The newest time among facts, epoch seconds; -1 for none. */
export function newestFactS(facts: Facts): number {
  return Object.values(facts).reduce((newest, [, atS]) => Math.max(newest, atS), -1);
}
