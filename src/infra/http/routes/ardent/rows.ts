import { isoTime } from '../../../../domain/timestamp.ts';
import type {
  MarketRow,
  Profile,
  StationRecord,
  SystemRecord,
} from '../../../../domain/ports/store/queries.ts';
import type { Quote } from '../../../../domain/galaxy/quotes.ts';
import type { Good } from '../../api/goods.ts';

/**
 * The shapes of Ardent's API v2, written down from its source: flat rows, 0 for "does not trade it on that side", numbers
 * for system addresses. What nobody keeps here (ids of bodies, factions) is null.
 */
export interface ArdentSystem {
  readonly systemAddress: number;
  readonly systemName: string;
  readonly systemX: number;
  readonly systemY: number;
  readonly systemZ: number;
  readonly updatedAt: string | null;
}

const PAD_SIZES = { S: 1, M: 2, L: 3 } as const;

export function systemRow({ id, name, x, y, z, updatedAtS }: SystemRecord): ArdentSystem {
  return {
    systemAddress: Number(id),
    systemName: name,
    systemX: x,
    systemY: y,
    systemZ: z,
    updatedAt: isoTime(updatedAtS),
  };
}

/** What is known of stations besides their record, by id. */
export type Profiles = ReadonlyMap<number, Profile>;

/** Words of the journal that are not what Ardent makes of them: a capital in front. */
const ECONOMIES = new Map([
  ['agri', 'Agriculture'],
  ['hightech', 'HighTech'],
]);

export function economyName(word: string): string {
  return ECONOMIES.get(word) ?? word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Fleet carriers have none. */
function economiesRow({ id, group }: StationRecord, profiles: Profiles) {
  const [first, second] = group === 'carrier' ? [] : (profiles.get(id)?.economies ?? []);
  return {
    primaryEconomy: first === undefined ? null : economyName(first),
    secondaryEconomy: second === undefined ? null : economyName(second),
  };
}

/** Where a row is: the part that stations and commodities share. */
function placeRow({ id, name, journalType, lsFromStar, maxPad, system }: StationRecord, profiles: Profiles) {
  return {
    stationName: name,
    stationType: journalType,
    distanceToArrival: lsFromStar,
    maxLandingPadSize: maxPad === null ? null : PAD_SIZES[maxPad],
    bodyId: null,
    bodyName: profiles.get(id)?.body ?? null,
    systemAddress: Number(system.id),
    systemName: system.name,
    systemX: system.x,
    systemY: system.y,
    systemZ: system.z,
  };
}

export function stationRow(station: StationRecord, profiles: Profiles) {
  const { shipyard, outfitting, blackmarket, refuel, repair, rearm } = station.services;
  return {
    marketId: station.id,
    ...placeRow(station, profiles),
    allegiance: null,
    government: null,
    controllingFaction: null,
    ...economiesRow(station, profiles),
    shipyard: bit(shipyard),
    outfitting: bit(outfitting),
    blackMarket: bit(blackmarket),
    refuel: bit(refuel),
    repair: bit(repair),
    // Ardent looks for a service that the game does not have, so its flag is always 0.
    restock: bit(rearm),
    updatedAt: isoTime(station.updatedAtS),
  };
}

/** A station with a market, as the list of a system's markets has it. */
export function marketRow(station: StationRecord, profiles: Profiles) {
  return {
    systemAddress: Number(station.system.id),
    systemName: station.system.name,
    marketId: station.id,
    stationName: station.name,
    stationType: station.journalType,
    ...economiesRow(station, profiles),
    distanceToArrival: station.lsFromStar,
    maxLandingPadSize: station.maxPad === null ? null : PAD_SIZES[station.maxPad],
    allegiance: null,
    government: null,
    controllingFaction: null,
    updatedAt: isoTime(station.marketAtS),
  };
}

/** @param distanceLy where a place was named; told in whole light years */
export function commodityRow(
  station: StationRecord,
  profiles: Profiles,
  good: Good,
  quote: Quote | MarketRow,
  distanceLy: number | null = null,
) {
  return {
    commodityName: (good.symbol ?? good.name).toLowerCase(),
    marketId: station.id,
    ...placeRow(station, profiles),
    buyPrice: quote.supplyPrice,
    demand: quote.demandUnits,
    demandBracket: bracket(quote.demandLevel),
    meanPrice: good.meanPrice,
    sellPrice: quote.demandPrice,
    stock: quote.supplyUnits,
    stockBracket: bracket(quote.supplyLevel),
    updatedAt: isoTime(station.marketAtS),
    ...(distanceLy !== null && { distance: Math.round(distanceLy) }),
  };
}

function bracket(level: number): number | null {
  return level < 0 ? null : level;
}

function bit(flag: boolean | null): 0 | 1 | null {
  return flag === null ? null : flag ? 1 : 0;
}
