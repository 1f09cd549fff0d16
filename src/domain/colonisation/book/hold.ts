import { addGood, totalOf, type Tonnes } from './goods.ts';
import { newest, timeKey, union, type Seen } from './newest.ts';

/** Goods that came aboard (more than 0 tonnes) or left. */
interface Move extends Seen {
  readonly fid: string;
  readonly goods: Tonnes;
}

/**
 * What a ship or carrier holds: a list of everything at one moment, and what was moved after it. Transactions alone prove
 * nothing: without a list it is unknown.
 */
export interface Hold {
  readonly list: (Seen & { readonly goods: Tonnes }) | null;
  /** After the list, oldest first. */
  readonly moves: readonly Move[];
  /** How many tonnes there are in all, as something else tells. */
  readonly total: (Seen & { readonly tonnes: number }) | null;
}

export const UNKNOWN_HOLD: Hold = { list: null, moves: [], total: null };

/** Moves that wait for a list which may tell of a moment before them. */
const MAX_MOVES = 1_000;

export function mergeHolds(a: Hold, b: Hold): Hold {
  const list = newest(a.list, b.list);
  const total = newest(a.total, b.total);
  const all = union(a.moves, b.moves, moveKey);
  const after = list === null ? all : all.filter(({ atS }) => atS > list.atS);
  const kept = after.length > MAX_MOVES ? after.slice(-MAX_MOVES) : after;
  const isSame = kept.length === a.moves.length && kept.every((move, at) => move === a.moves[at]);
  const moves = isSame ? a.moves : kept;
  return list === a.list && total === a.total && moves === a.moves ? a : { list, moves, total };
}

function moveKey({ atS, fid, goods }: Move): string {
  return `${timeKey(atS)} ${fid} ${JSON.stringify(goods)}`;
}

export interface HoldContents {
  readonly goods: Tonnes;
  /** When the list was made. */
  readonly listedAtS: number;
  /** Tonnes that are aboard and not on the list, or (below 0) the other way round; null: nobody has told how many there are. */
  readonly unaccounted: number | null;
}

/** Null: unknown. */
export function contentsOf({ list, moves, total }: Hold): HoldContents | null {
  if (list === null) return null;
  const goods: Record<string, number> = { ...list.goods };
  for (const move of moves) {
    for (const [symbol, tonnes] of Object.entries(move.goods)) addGood(goods, symbol, tonnes);
  }
  const there = Object.fromEntries(Object.entries(goods).filter(([, tonnes]) => tonnes > 0));
  // A total from before the last move is none.
  const isTold = total !== null && total.atS >= (moves.at(-1)?.atS ?? list.atS);
  return { goods: there, listedAtS: list.atS, unaccounted: isTold ? total.tonnes - totalOf(there) : null };
}
