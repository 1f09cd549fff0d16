import { mergeHolds, UNKNOWN_HOLD, type Hold } from './hold.ts';
import { newest, type Seen, unlessSame } from './newest.ts';

interface CarrierFacts extends Seen {
  readonly callsign: string | null;
  readonly name: string | null;
  readonly isSquadrons: boolean;
  /** FID of whoever's journal told. */
  readonly fid: string;
  /** Tonnes; null: untold. */
  readonly capacity: number | null;
  readonly freeSpace: number | null;
  readonly fuel: number | null;
  readonly jumpRangeLy: number | null;
}

export interface CarrierPlace extends Seen {
  readonly systemName: string;
  readonly systemId: string | null;
}

/** Where it has been told to jump; null: not any more. */
export interface CarrierJump extends Seen {
  readonly to: Omit<CarrierPlace, 'atS'> | null;
  /** Epoch seconds; null: untold. */
  readonly departsAtS: number | null;
}

/** What it sells or buys; the tonnes are what was ordered, not what is there. Null: nothing any more. */
export interface CarrierOrder extends Seen {
  readonly side: 'sells' | 'buys' | null;
  readonly tonnes: number;
  readonly price: number | null;
}

/** A carrier, as all that was read tells it; two of one are joined as sites are. */
export interface Carrier {
  readonly carrierId: number;
  /** Somebody whose journals are read commands it; others are passed by. */
  readonly isOurs: boolean;
  readonly facts: CarrierFacts | null;
  readonly place: CarrierPlace | null;
  readonly jump: CarrierJump | null;
  readonly orders: Readonly<Record<string, CarrierOrder>>;
  readonly hold: Hold;
}

export function emptyCarrier(carrierId: number, isOurs: boolean): Carrier {
  return { carrierId, isOurs, facts: null, place: null, jump: null, orders: {}, hold: UNKNOWN_HOLD };
}

export function mergeCarriers(a: Carrier, b: Carrier): Carrier {
  return unlessSame(a, {
    carrierId: a.carrierId,
    isOurs: a.isOurs || b.isOurs,
    facts: newest(a.facts, b.facts),
    place: newest(a.place, b.place),
    jump: newest(a.jump, b.jump),
    orders: mergeOrders(a.orders, b.orders),
    hold: mergeHolds(a.hold, b.hold),
  });
}

function mergeOrders(a: Carrier['orders'], b: Carrier['orders']): Carrier['orders'] {
  let merged: Record<string, CarrierOrder> | null = null;
  for (const [symbol, theirs] of Object.entries(b)) {
    const ours = a[symbol] ?? null;
    const order = newest(ours, theirs);
    if (order === null || order === ours) continue;
    merged ??= { ...a };
    merged[symbol] = order;
  }
  return merged ?? a;
}

/** The game holds a jump's doors shut for so long after its departure. */
const JUMP_TAKES_S = 15 * 60;

/** Where it is going; null: nowhere. */
export function transitOf({ jump, place }: Carrier, nowS: number): CarrierJump | null {
  if (!jump?.to) return null;
  const hasArrived = place !== null && place.atS > jump.atS && isSameSystem(place, jump.to);
  const isOver = jump.departsAtS !== null && nowS > jump.departsAtS + JUMP_TAKES_S;
  return hasArrived || isOver ? null : jump;
}

/** Where it is: seen there, or it must have arrived by now. */
export function placeOf(carrier: Carrier, nowS: number): CarrierPlace | null {
  const { jump, place } = carrier;
  const isUnderway = transitOf(carrier, nowS) !== null;
  const to = jump?.to ?? null;
  const atS = jump?.departsAtS ?? null;
  if (to === null || atS === null || isUnderway) return place;
  return place !== null && place.atS >= atS ? place : { ...to, atS };
}

function isSameSystem(a: Omit<CarrierPlace, 'atS'>, b: Omit<CarrierPlace, 'atS'>): boolean {
  return a.systemId !== null && b.systemId !== null
    ? a.systemId === b.systemId
    : a.systemName.toLowerCase() === b.systemName.toLowerCase();
}
