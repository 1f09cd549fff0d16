/** A commodity as EDCD FDevIDs lists it. */
export interface Commodity {
  /** Frontier id = Trade Dangerous `item_id`. */
  readonly id: number;
  /** The feed's name for it; EDDN sends it lower-cased. */
  readonly symbol: string;
  readonly category: string;
  /** Display name. */
  readonly name: string;
  /** Only an Item once a market lists it. */
  readonly rare: boolean;
}

/** Everything staging needs to turn commodity names into item ids. Immutable; a change is a new version. */
export interface Catalogue {
  /** Grows with every change: workers reload when it differs from theirs. */
  readonly version: number;
  readonly commodities: readonly Commodity[];
}

/** Lower case, `$gold_name;` unwrapped: the key under which symbols and display names are looked up. */
export function commodityKey(name: string): string {
  const key = name.trim().toLowerCase();
  return key.startsWith('$') && key.endsWith('_name;') ? key.slice(1, -6) : key;
}

/** Symbol and display name -> item id. Symbols win where the two collide. */
export function indexCommodities(commodities: readonly Commodity[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const { id, name } of commodities) index.set(commodityKey(name), id);
  for (const { id, symbol } of commodities) index.set(commodityKey(symbol), id);
  return index;
}
