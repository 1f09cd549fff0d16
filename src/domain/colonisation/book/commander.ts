import { mergeHolds, UNKNOWN_HOLD, type Hold } from './hold.ts';
import { newest, type Seen, unlessSame } from './newest.ts';

export interface Position extends Seen {
  readonly systemName: string;
  /** id64; null: untold. */
  readonly systemId: string | null;
  /** Where the ship is docked; null: nowhere. */
  readonly station: { readonly name: string; readonly marketId: number; readonly type: string | null } | null;
}

interface Ship extends Seen {
  readonly type: string;
  /** Tonnes; null: untold. */
  readonly cargoCapacity: number | null;
  readonly maxJumpRangeLy: number | null;
}

/** A commander, as all that was read tells it; two of one are joined as sites are. */
export interface Commander {
  /** The game's id of the account's commander: names can change. */
  readonly fid: string;
  readonly name: (Seen & { readonly text: string }) | null;
  readonly position: Position | null;
  readonly ship: Ship | null;
  readonly cargo: Hold;
}

export function emptyCommander(fid: string): Commander {
  return { fid, name: null, position: null, ship: null, cargo: UNKNOWN_HOLD };
}

export function mergeCommanders(a: Commander, b: Commander): Commander {
  return unlessSame(a, {
    fid: a.fid,
    name: newest(a.name, b.name),
    position: newest(a.position, b.position),
    ship: newest(a.ship, b.ship),
    cargo: mergeHolds(a.cargo, b.cargo),
  });
}

/** Who was seen last; null: nobody was. */
export function lastSeen(commanders: readonly Commander[]): Commander | null {
  return commanders.reduce<Commander | null>((last, commander) => {
    return (commander.position?.atS ?? 0) > (last?.position?.atS ?? 0) ? commander : last;
  }, null);
}
