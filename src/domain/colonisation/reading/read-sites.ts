import { readShortName, toMarketId } from '../../eddn/values.ts';
import { amountOf, exactId, objectsOf, type JournalEvent } from '../../journal/event.ts';
import type { Position } from '../book/commander.ts';
import { isConstruction } from '../book/construction.ts';
import type { Finding } from '../book/findings.ts';
import { goodSymbol } from '../book/goods.ts';
import { emptySite, siteOfDepot, type DepotGood, type Site, type SitePlace } from '../book/site.ts';
import { addTold } from './told-goods.ts';

/**
 * A depot event, in today's shape (`ResourcesRequired`) or the first one (`Commodities`). It names neither station nor
 * system: whoever wrote it is docked there.
 */
export function readDepot(event: JournalEvent, position: Position | null): Site | null {
  const { atS, body } = event;
  const marketId = toMarketId(body.MarketID);
  if (marketId === null) return null;
  const goods: Record<string, DepotGood> = {};
  for (const each of objectsOf(body.ResourcesRequired ?? body.Commodities)) {
    const symbol = goodSymbol(each.Name);
    const required = amountOf(each.RequiredAmount ?? each.Total);
    if (symbol === null || required === null) continue;
    goods[symbol] = {
      name: readShortName(each.Name_Localised),
      required,
      provided: amountOf(each.ProvidedAmount ?? each.Delivered) ?? 0,
      payment: amountOf(each.Payment),
    };
  }
  const told = amountOf(body.ConstructionProgress);
  const site = siteOfDepot(marketId, {
    atS,
    // The first shape told percent.
    progress: told !== null && told > 1 ? told / 100 : told,
    isComplete: body.ConstructionComplete === true,
    isFailed: body.ConstructionFailed === true,
    goods,
  });
  return { ...site, place: placeIn(event) ?? placeFrom(position, marketId) };
}

/** Where the event itself says so, as the first shape did. */
function placeIn({ atS, body, text }: JournalEvent): SitePlace | null {
  const name = readShortName(body.StationName ?? body.Name);
  const systemName = readShortName(body.StarSystem ?? body.SystemName ?? body.System);
  if (name === null || systemName === null) return null;
  const type = readShortName(body.StationType);
  return { atS, name, type, systemName, systemId: exactId(text, 'SystemAddress') };
}

function placeFrom(position: Position | null, marketId: number): SitePlace | null {
  const { station, systemName = '', systemId = null, atS = 0 } = position ?? {};
  if (station?.marketId !== marketId) return null;
  return { atS, name: station.name, type: station.type, systemName, systemId };
}

/**
 * A delivery: today several goods with the amount of this one; in the first shape one, with how much was there of it in
 * all.
 */
export function readContribution({ atS, body }: JournalEvent, fid: string): Site | null {
  const marketId = toMarketId(body.MarketID);
  if (marketId === null) return null;
  const site = emptySite(marketId);
  const goods: Record<string, number> = {};
  for (const { Name, Amount } of objectsOf(body.Contributions)) addTold(goods, Name, Amount);
  addTold(goods, body.Commodity, body.Quantity);
  const symbol = goodSymbol(body.Commodity);
  const total = amountOf(body.TotalQuantity);
  const counted = symbol === null || total === null ? {} : { [symbol]: { tonnes: total, atS } };
  const isEmpty = Object.keys(goods).length === 0;
  return { ...site, counted, deliveries: isEmpty ? [] : [{ atS, fid, goods }] };
}

/** What a docking tells of sites: one was found, or a port like any other. */
export function readDocking(
  { atS, body }: JournalEvent,
  { station, systemName, systemId }: Position,
): Finding[] {
  if (station === null) return [];
  const { marketId, name, type } = station;
  const services: readonly unknown[] = Array.isArray(body.StationServices) ? body.StationServices : [];
  if (isConstruction({ name: String(body.StationName), type, services })) {
    const place = { atS, name, type, systemName, systemId };
    return [{ kind: 'site', site: { ...emptySite(marketId), place } }];
  }
  if (type === 'FleetCarrier') return [];
  return [{ kind: 'port', port: { marketId, name, systemId, atS } }];
}
