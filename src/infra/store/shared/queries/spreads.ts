import { setImmediate } from 'node:timers/promises';
import type { Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { Ages } from '../../../../domain/galaxy/search.ts';
import { stationMatcher, type StationFilter } from '../../../../domain/galaxy/stations/station-filter.ts';
import type { SpreadRecord, StationRecord } from '../../../../domain/ports/store/queries.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import { endIfGone } from '../../../threads/asker.ts';
import type { QueryReader } from './reader.ts';
import { readStationsById } from './records.ts';

/** Of so few markets every row is read; else the offers of a good are, best first, until one fits. */
const MAX_MARKETS = 1_000;
/** Markets of a statement. */
const MARKETS_AT_ONCE = 250;
/** Offers of the first statement about a good; each that follows reads so many times as many. */
const FIRST_OFFERS = 100;
const GROWTH = 4;

interface Offer {
  readonly stationId: number;
  readonly price: number;
  readonly units: number;
}

interface Found {
  readonly itemId: number;
  readonly ask: Offer;
  readonly bid: Offer;
}

/** The cheapest seller and the best paying buyer of every good that has both (of equal ones the lowest id), the widest spread first. */
export async function findSpreads(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
  itemIds: readonly number[],
  filter: StationFilter & Ages & { readonly minUnits: number },
): Promise<SpreadRecord[]> {
  const fitting = fittingMarkets(galaxy, kinds, filter);
  const found =
    fitting.size <= MAX_MARKETS
      ? await bestOfMarkets(reader, [...fitting], filter.minUnits)
      : await bestOfGoods(reader, itemIds, fitting, filter.minUnits);
  const stations = await readStationsById(
    reader,
    kinds,
    found.flatMap(({ ask, bid }) => [ask.stationId, bid.stationId]),
    galaxy,
  );
  return found
    .flatMap(({ itemId, ask, bid }) => {
      const seller = stations.get(ask.stationId);
      const buyer = stations.get(bid.stationId);
      return seller === undefined || buyer === undefined ? [] : [spreadOf(itemId, ask, bid, seller, buyer)];
    })
    .sort((a, b) => b.spread - a.spread || a.itemId - b.itemId);
}

function fittingMarkets(
  galaxy: Galaxy,
  kinds: StationKinds,
  filter: StationFilter & Ages,
): ReadonlySet<number> {
  const matches = stationMatcher(galaxy, filter, kinds);
  const { seenAfterS = 0 } = filter;
  const ids = new Set<number>();
  for (let market = 0; market < galaxy.marketCount; market++) {
    const station = galaxy.stationOf[market] ?? 0;
    if ((galaxy.seenAtS[market] ?? 0) >= seenAfterS && matches(station) >= 0)
      ids.add(galaxy.stationIds[station] ?? 0);
  }
  return ids;
}

async function bestOfMarkets(
  reader: QueryReader,
  stationIds: readonly number[],
  minUnits: number,
): Promise<Found[]> {
  const asks = new Map<number, Offer>();
  const bids = new Map<number, Offer>();
  for (let at = 0; at < stationIds.length; at += MARKETS_AT_ONCE) {
    endIfGone();
    const rows = await reader.rows(
      `SELECT station_id, item_id, supply_price, supply_units, demand_price, demand_units FROM StationItem
       WHERE station_id IN (${stationIds.slice(at, at + MARKETS_AT_ONCE).join()})`,
    );
    for (const row of rows) {
      const [stationId = 0, itemId = 0, supplyPrice = 0, supply = 0, demandPrice = 0, demand = 0] =
        row.map(Number);
      const ask = { stationId, price: supplyPrice, units: supply };
      const bid = { stationId, price: demandPrice, units: demand };
      if (ask.price > 0 && supply >= minUnits && goesBefore(ask, asks.get(itemId), 1)) asks.set(itemId, ask);
      if (bid.price > 0 && demand >= minUnits && goesBefore(bid, bids.get(itemId), -1)) bids.set(itemId, bid);
    }
    // Other questions come in between.
    await setImmediate();
  }
  return [...asks].flatMap(([itemId, ask]) => {
    const bid = bids.get(itemId);
    return bid === undefined ? [] : [{ itemId, ask, bid }];
  });
}

/** @param order 1: the lower price is the better one; -1: the higher */
function goesBefore(offer: Offer, other: Offer | undefined, order: 1 | -1): boolean {
  if (other === undefined) return true;
  return (order * (offer.price - other.price) || offer.stationId - other.stationId) < 0;
}

async function bestOfGoods(
  reader: QueryReader,
  itemIds: readonly number[],
  fitting: ReadonlySet<number>,
  minUnits: number,
): Promise<Found[]> {
  async function best(itemId: number, side: 'supply' | 'demand'): Promise<Offer | null> {
    let found: Offer | null = null;
    for (let skip = 0, limit = FIRST_OFFERS; ; skip += limit, limit *= GROWTH) {
      endIfGone();
      const rows = await reader.rows(
        `SELECT station_id, ${side}_price, ${side}_units FROM StationItem
         WHERE item_id = ${itemId} AND ${side}_price > 0
         ORDER BY ${side}_price ${side === 'supply' ? 'ASC' : 'DESC'} LIMIT ${limit} OFFSET ${skip}`,
      );
      for (const [stationId, price, units] of rows) {
        const offer = { stationId: Number(stationId), price: Number(price), units: Number(units) };
        // An index has equal prices by ascending or descending id, as it is read.
        if (found !== null && offer.price !== found.price) return found;
        if (offer.units < minUnits || !fitting.has(offer.stationId)) continue;
        if (found === null || offer.stationId < found.stationId) found = offer;
      }
      if (rows.length < limit) return found;
      await setImmediate();
    }
  }

  const found: Found[] = [];
  for (const itemId of itemIds) {
    const ask = await best(itemId, 'supply');
    const bid = ask === null ? null : await best(itemId, 'demand');
    if (ask !== null && bid !== null) found.push({ itemId, ask, bid });
  }
  return found;
}

function spreadOf(
  itemId: number,
  ask: Offer,
  bid: Offer,
  seller: StationRecord,
  buyer: StationRecord,
): SpreadRecord {
  return {
    itemId,
    ask: { station: seller, price: ask.price, units: ask.units },
    bid: { station: buyer, price: bid.price, units: bid.units },
    spread: bid.price - ask.price,
  };
}
