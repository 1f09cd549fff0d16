import type { Carrier } from '../book/carrier.ts';
import type { Commander } from '../book/commander.ts';
import type { Tonnes } from '../book/goods.ts';
import { contentsOf } from '../book/hold.ts';
import { percentOf, siteGoods, type Site } from '../book/site.ts';

/** A good that sites need. Tonnes throughout; null is unknown. */
interface Need {
  readonly symbol: string;
  /** As somebody's game named it. */
  readonly name: string | null;
  readonly required: number;
  readonly provided: number;
  /** Of what is required. */
  readonly percent: number | null;
  readonly remaining: number;
  readonly onCarriers: number;
  readonly aboard: number;
  /** What nobody has yet: remaining without carriers and ships. */
  readonly toBuy: number;
  /** Flights with the capacity that was given, for what remains and for what is to be bought; null: none was given. */
  readonly loads: { readonly remaining: number; readonly toBuy: number } | null;
  /** Credits a tonne, the plain mean of the sites that ask for it. */
  readonly payment: number | null;
  /** Market ids of those that need it. */
  readonly sites: readonly number[];
}

export interface ShoppingList {
  /** What remains most first. */
  readonly needs: readonly Need[];
  readonly summary: {
    readonly sites: number;
    /** Sites that nobody has told the goods of. */
    readonly unknownSites: readonly number[];
    readonly goods: number;
    readonly required: number;
    readonly provided: number;
    readonly percent: number | null;
    readonly remaining: number;
    readonly onCarriers: number;
    readonly aboard: number;
    readonly toBuy: number;
    readonly loads: Need['loads'];
    /** Credits for everything that remains. */
    readonly payment: number;
    /** Symbol; null: nothing remains. */
    readonly mostNeeded: string | null;
    /** Carriers whose hold is unknown: they count as empty. */
    readonly unknownCarriers: readonly number[];
  };
}

export interface ListedHolds {
  readonly carriers: readonly Carrier[];
  readonly commanders: readonly Commander[];
  /** Tonnes a flight. */
  readonly capacity: number | null;
}

/** What these sites need, with what is on the way. */
export function shoppingList(
  sites: readonly Site[],
  { carriers, commanders, capacity }: ListedHolds,
): ShoppingList {
  const holds = carriers.map(({ carrierId, hold }) => ({ carrierId, contents: contentsOf(hold) }));
  const carried = sumOf(holds.map(({ contents }) => contents?.goods ?? {}));
  const aboard = sumOf(commanders.map(({ cargo }) => contentsOf(cargo)?.goods ?? {}));
  const loads = (remaining: number, toBuy: number): Need['loads'] =>
    capacity === null
      ? null
      : { remaining: Math.ceil(remaining / capacity), toBuy: Math.ceil(toBuy / capacity) };

  const needs = [...gathered(sites)].map(([symbol, { name, required, provided, payments, ids }]): Need => {
    const remaining = required - provided;
    const onCarriers = carried[symbol] ?? 0;
    const inShips = aboard[symbol] ?? 0;
    const toBuy = Math.max(0, remaining - onCarriers - inShips);
    const payment = payments.reduce((sum, each) => sum + each, 0) / payments.length;
    return {
      ...{ symbol, name, required, provided, remaining, onCarriers, toBuy, aboard: inShips },
      percent: required === 0 ? null : percentOf(provided / required),
      loads: loads(remaining, toBuy),
      payment: payments.length === 0 ? null : Math.round(payment),
      sites: ids,
    };
  });
  needs.sort((a, b) => b.remaining - a.remaining || (a.symbol < b.symbol ? -1 : 1));

  const sum = (of: (need: Need) => number) => needs.reduce((total, need) => total + of(need), 0);
  const [required, provided] = [sum((need) => need.required), sum((need) => need.provided)];
  const [remaining, toBuy] = [sum((need) => need.remaining), sum((need) => need.toBuy)];
  const [first] = needs;
  return {
    needs,
    summary: {
      sites: sites.length,
      unknownSites: sites.filter(({ depot }) => depot === null).map(({ marketId }) => marketId),
      goods: needs.filter((need) => need.remaining > 0).length,
      ...{ required, provided, percent: required === 0 ? null : percentOf(provided / required) },
      ...{ remaining, toBuy, loads: loads(remaining, toBuy) },
      onCarriers: sum((need) => need.onCarriers),
      aboard: sum((need) => need.aboard),
      payment: sum((need) => need.remaining * (need.payment ?? 0)),
      mostNeeded: first === undefined || first.remaining === 0 ? null : first.symbol,
      unknownCarriers: holds.filter(({ contents }) => contents === null).map(({ carrierId }) => carrierId),
    },
  };
}

interface Gathered {
  name: string | null;
  required: number;
  /** Never more than is required there: what one site has too much of helps no other. */
  provided: number;
  readonly payments: number[];
  readonly ids: number[];
}

function gathered(sites: readonly Site[]): Map<string, Gathered> {
  const goods = new Map<string, Gathered>();
  for (const site of sites) {
    for (const { symbol, name, required, provided, remaining, payment } of siteGoods(site)) {
      if (required === null) continue;
      const good = goods.get(symbol) ?? { name, required: 0, provided: 0, payments: [], ids: [] };
      goods.set(symbol, good);
      good.name ??= name;
      good.required += required;
      good.provided += Math.min(provided, required);
      if (payment !== null) good.payments.push(payment);
      if (remaining !== null && remaining > 0) good.ids.push(site.marketId);
    }
  }
  return goods;
}

function sumOf(holds: readonly Tonnes[]): Tonnes {
  const sum: Record<string, number> = {};
  for (const hold of holds) {
    for (const [symbol, tonnes] of Object.entries(hold)) sum[symbol] = (sum[symbol] ?? 0) + tonnes;
  }
  return sum;
}
