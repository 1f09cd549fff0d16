import { placeOf, type Carrier } from '../../../../domain/colonisation/book/carrier.ts';
import { contentsOf } from '../../../../domain/colonisation/book/hold.ts';
import {
  isOpen,
  percentOf,
  siteGoods,
  siteProgress,
  siteSeenAtS,
  siteState,
  type Site,
  type SiteGood,
} from '../../../../domain/colonisation/book/site.ts';
import { shoppingList } from '../../../../domain/colonisation/supply/shopping-list.ts';
import { isoTime } from '../../../../domain/timestamp.ts';

/** As the game's journals write it. */
const nameOf = (symbol: string) => `$${symbol}_name;`;

/** A build in the words of the colonisation assistant. It knows no unknown: what nobody has told is 0, or a placeholder. */
export function siteAnswer(site: Site) {
  const { marketId, place, depot } = site;
  const state = siteState(site);
  const isComplete = state === 'complete';
  const goods = siteGoods(site);
  const percent = percentOf(siteProgress(site)) ?? 0;
  return {
    market_id: marketId,
    station_name: place?.name ?? 'Unknown Station',
    station_type: place?.type ?? 'Unknown',
    system_name: place?.systemName ?? 'Unknown System',
    system_address: Number(place?.systemId ?? 0),
    construction_progress: isComplete ? 100 : percent,
    construction_complete: isComplete,
    construction_failed: state === 'failed',
    commodities: depot === null ? [] : goods.map(goodAnswer),
    last_updated: isoTime(siteSeenAtS(site) ?? 0),
    last_source: 'journal',
    is_complete: isComplete,
    total_commodities_needed: goods.reduce((sum, { remaining }) => sum + (remaining ?? 0), 0),
    commodities_progress_percentage: isComplete ? 100 : percent,
  };
}

function goodAnswer({ symbol, name, required, provided, remaining, payment }: SiteGood) {
  const isDone = remaining === 0;
  return {
    name: nameOf(symbol),
    name_localised: name ?? symbol,
    required_amount: required ?? 0,
    provided_amount: provided,
    payment: payment ?? 0,
    remaining_amount: remaining ?? 0,
    progress_percentage:
      isDone || required === null ? 100 : (percentOf(Math.min(1, provided / required)) ?? 0),
    status: isDone ? 'completed' : provided > 0 ? 'in_progress' : 'not_started',
  };
}

/** Builds of one system. */
export function buildsAnswer(sites: readonly Site[]) {
  const completed = sites.filter((site) => siteState(site) === 'complete').length;
  return {
    construction_sites: sites.map(siteAnswer),
    total_sites: sites.length,
    completed_sites: completed,
    // Failed ones are neither.
    in_progress_sites: sites.filter(isOpen).length,
    completion_percentage: sites.length === 0 ? 0 : (100 * completed) / sites.length,
  };
}

/** What all of them need together, what remains most first. */
export function commoditiesAnswer(sites: readonly Site[]) {
  const names = new Map(sites.map(({ marketId, place }) => [marketId, place?.name ?? String(marketId)]));
  const { needs } = shoppingList(sites, { carriers: [], commanders: [], capacity: null });
  return needs.map(({ symbol, name, required, provided, percent, remaining, payment, sites: ids }) => ({
    commodity_name: nameOf(symbol),
    commodity_name_localised: name ?? symbol,
    total_required: required,
    total_provided: provided,
    sites_requiring: ids.map((id) => names.get(id) ?? String(id)),
    average_payment: payment ?? 0,
    total_remaining: remaining,
    progress_percentage: percent ?? 100,
  }));
}

export function carrierAnswer(carrier: Carrier, nowS: number) {
  const { carrierId, facts } = carrier;
  return {
    carrier_id: carrierId,
    market_id: carrierId,
    name: facts?.name ?? facts?.callsign ?? 'Unknown Carrier',
    callsign: facts?.callsign ?? null,
    role: facts === null ? 'other' : facts.isSquadrons ? 'squadron' : 'own',
    docking_access: null,
    last_seen_system: placeOf(carrier, nowS)?.systemName ?? null,
    last_seen_timestamp: isoTime(facts?.atS ?? carrier.place?.atS ?? null),
    services: null,
  };
}

export function carrierStateAnswer(carrier: Carrier, nowS: number) {
  const { facts, hold, orders } = carrier;
  const contents = contentsOf(hold);
  const ofSide = (wanted: 'buys' | 'sells') =>
    Object.entries(orders).flatMap(([symbol, { side, tonnes, price }]) =>
      side !== wanted
        ? []
        : {
            order_type: wanted === 'buys' ? 'buy' : 'sell',
            commodity_name: nameOf(symbol),
            commodity_name_localised: symbol,
            price: price ?? 0,
            original_amount: tonnes,
            remaining_amount: tonnes,
            stock: contents?.goods[symbol] ?? null,
          },
    );
  return {
    identity: carrierAnswer(carrier, nowS),
    cargo: Object.entries(contents?.goods ?? {}).map(([symbol, stock]) => ({
      commodity_name: nameOf(symbol),
      commodity_name_localised: symbol,
      ...{ stock, reserved: null, capacity: null },
    })),
    total_cargo_tonnage: hold.total?.tonnes ?? null,
    total_capacity_tonnage: facts?.capacity ?? null,
    free_space_tonnage: facts?.freeSpace ?? null,
    buy_orders: ofSide('buys'),
    sell_orders: ofSide('sells'),
    snapshot_time: isoTime(contents?.listedAtS ?? facts?.atS ?? nowS),
  };
}
