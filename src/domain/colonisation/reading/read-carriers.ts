import { isObject, readShortName, toMarketId } from '../../eddn/values.ts';
import { amountOf, exactId, objectsOf, type JournalEvent } from '../../journal/event.ts';
import { parseTimestamp } from '../../timestamp.ts';
import { emptyCarrier, type Carrier, type CarrierOrder } from '../book/carrier.ts';
import { goodSymbol, type Tonnes } from '../book/goods.ts';
import { UNKNOWN_HOLD, type Hold } from '../book/hold.ts';
import { addTold } from './told-goods.ts';

/** What an event of a carrier's management tells; null: it is none, or none that counts. */
export function readCarrierEvent(event: JournalEvent, fid: string): Carrier | null {
  const carrierId = toMarketId(event.body.CarrierID);
  if (carrierId === null) return null;
  const ours = emptyCarrier(carrierId, true);
  const { atS, body } = event;
  switch (event.event) {
    case 'CarrierStats':
      return { ...ours, ...readStats(event, fid) };
    case 'CarrierLocation': {
      const place = placeIn(event, 'StarSystem');
      return place === null ? null : { ...ours, place: { atS, ...place } };
    }
    case 'CarrierJumpRequest':
      return {
        ...ours,
        jump: { atS, to: placeIn(event, 'SystemName'), departsAtS: parseTimestamp(body.DepartureTime) },
      };
    case 'CarrierJumpCancelled':
      return { ...ours, jump: { atS, to: null, departsAtS: null } };
    case 'CarrierTradeOrder': {
      const symbol = goodSymbol(body.Commodity);
      return symbol === null ? null : { ...ours, orders: { [symbol]: readOrder(event) } };
    }
    default:
      return null;
  }
}

function readStats({ atS, body }: JournalEvent, fid: string): Pick<Carrier, 'facts' | 'hold'> {
  const space = isObject(body.SpaceUsage) ? body.SpaceUsage : {};
  const tonnes = amountOf(space.Cargo);
  return {
    facts: {
      ...{ atS, fid, callsign: readShortName(body.Callsign), name: readShortName(body.Name) },
      isSquadrons: body.CarrierType === 'SquadronCarrier',
      capacity: amountOf(space.TotalCapacity),
      freeSpace: amountOf(space.FreeSpace),
      fuel: amountOf(body.FuelLevel),
      jumpRangeLy: amountOf(body.JumpRangeCurr),
    },
    hold: { ...UNKNOWN_HOLD, total: tonnes === null ? null : { atS, tonnes } },
  };
}

function placeIn({ body, text }: JournalEvent, field: 'StarSystem' | 'SystemName') {
  const systemName = readShortName(body[field]);
  return systemName === null ? null : { systemName, systemId: exactId(text, 'SystemAddress') };
}

function readOrder({ atS, body }: JournalEvent): CarrierOrder {
  const sells = amountOf(body.SaleOrder) ?? 0;
  const buys = amountOf(body.PurchaseOrder) ?? 0;
  const isNone = body.CancelTrade === true || (sells === 0 && buys === 0);
  if (isNone) return { atS, side: null, tonnes: 0, price: null };
  const side = sells > 0 ? 'sells' : 'buys';
  return { atS, side, tonnes: Math.max(sells, buys), price: amountOf(body.Price) };
}

/** What a market's own file tells of a carrier: everything in its hold that is on the list. */
export function readCarrierMarket({ atS, body }: JournalEvent): Carrier | null {
  const carrierId = toMarketId(body.MarketID);
  if (carrierId === null || body.StationType !== 'FleetCarrier' || !Array.isArray(body.Items)) return null;
  const goods: Record<string, number> = {};
  for (const { Name, Stock } of objectsOf(body.Items)) addTold(goods, Name, Stock);
  return { ...emptyCarrier(carrierId, false), hold: { ...UNKNOWN_HOLD, list: { atS, goods } } };
}

/** Goods that an event brought aboard a ship (or, below 0, off it); null: it moved none. */
export function readMoves({ event, body }: JournalEvent): Tonnes | null {
  const goods: Record<string, number> = {};
  if (event === 'MarketBuy') addTold(goods, body.Type, body.Count);
  if (event === 'MarketSell') addTold(goods, body.Type, body.Count, -1);
  for (const { Type, Count, Direction } of objectsOf(body.Transfers)) {
    if (Direction === 'toship') addTold(goods, Type, Count);
    if (Direction === 'tocarrier') addTold(goods, Type, Count, -1);
  }
  return Object.keys(goods).length === 0 ? null : goods;
}

/** The same, seen from the other side. */
export function turned(goods: Tonnes): Tonnes {
  return Object.fromEntries(Object.entries(goods).map(([symbol, tonnes]) => [symbol, -tonnes]));
}

/** What a `Cargo` line or file tells of a ship; null: nothing. A line without a list tells only how much there is. */
export function readCargo({ atS, body }: JournalEvent): Hold | null {
  if (body.Vessel !== undefined && body.Vessel !== 'Ship') return null;
  const tonnes = amountOf(body.Count);
  const goods: Record<string, number> = {};
  for (const { Name, Count } of objectsOf(body.Inventory)) addTold(goods, Name, Count);
  const isList = Array.isArray(body.Inventory) || tonnes === 0;
  return {
    list: isList ? { atS, goods } : null,
    moves: [],
    total: tonnes === null ? null : { atS, tonnes },
  };
}
