import { isoTime } from '../../../../domain/timestamp.ts';
import type { MarketRow, StationRecord, SystemRecord } from '../../../../domain/ports/store/queries.ts';
import type { Quote } from '../../../../domain/galaxy/quotes.ts';
import type { Good } from '../../api/goods.ts';

/**
 * The shapes of Ardent's API v2, written down from its source: flat rows, 0 for "does not trade it on that side", numbers
 * for system addresses. What Trade Dangerous' tables do not know (bodies, factions, economies) is null.
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

/** Where a row is: the part that stations and commodities share. */
function placeRow({ name, journalType, lsFromStar, maxPad, system }: StationRecord) {
  return {
    stationName: name,
    stationType: journalType,
    distanceToArrival: lsFromStar,
    maxLandingPadSize: maxPad === null ? null : PAD_SIZES[maxPad],
    bodyId: null,
    bodyName: null,
    systemAddress: Number(system.id),
    systemName: system.name,
    systemX: system.x,
    systemY: system.y,
    systemZ: system.z,
  };
}

export function stationRow(station: StationRecord) {
  const { shipyard, outfitting, blackmarket, refuel, repair, rearm } = station.services;
  return {
    marketId: station.id,
    ...placeRow(station),
    allegiance: null,
    government: null,
    controllingFaction: null,
    primaryEconomy: null,
    secondaryEconomy: null,
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
export function marketRow(station: StationRecord) {
  return {
    systemAddress: Number(station.system.id),
    systemName: station.system.name,
    marketId: station.id,
    stationName: station.name,
    stationType: station.journalType,
    primaryEconomy: null,
    secondaryEconomy: null,
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
  good: Good,
  quote: Quote | MarketRow,
  distanceLy: number | null = null,
) {
  return {
    commodityName: (good.symbol ?? good.name).toLowerCase(),
    marketId: station.id,
    ...placeRow(station),
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
