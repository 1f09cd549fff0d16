import type { Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { Ages } from '../../../../domain/galaxy/search.ts';
import { stationMatcher, type StationFilter } from '../../../../domain/galaxy/stations/station-filter.ts';
import type { SpreadRecord, StationRecord } from '../../../../domain/ports/store/queries.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import { endIfGone } from '../../../threads/asker.ts';
import type { QueryReader } from './reader.ts';
import { readStationsById } from './records.ts';

/** Offers of a good read at a time, best first, and at most: behind so many that do not fit, none is looked for. */
const OFFERS_AT_ONCE = 100;
const MAX_OFFERS = 2_000;

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

/** The cheapest seller and the best paying buyer of every good that has both, the widest spread first. */
export async function findSpreads(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
  itemIds: readonly number[],
  filter: StationFilter & Ages & { readonly minUnits: number },
): Promise<SpreadRecord[]> {
  const matches = stationMatcher(galaxy, filter, kinds);
  const { seenAfterS = 0, minUnits } = filter;

  function fits({ stationId, units }: Offer): boolean {
    const station = galaxy.stationIndex(stationId);
    if (station === null || units < minUnits) return false;
    const market = galaxy.marketIndex(station);
    return market !== null && (galaxy.seenAtS[market] ?? 0) >= seenAfterS && matches(station) >= 0;
  }

  async function best(itemId: number, side: 'supply' | 'demand'): Promise<Offer | null> {
    endIfGone();
    for (let skip = 0; skip < MAX_OFFERS; skip += OFFERS_AT_ONCE) {
      const rows = await reader.rows(
        `SELECT station_id, ${side}_price, ${side}_units FROM StationItem
         WHERE item_id = ${itemId} AND ${side}_price > 0
         ORDER BY ${side}_price ${side === 'supply' ? 'ASC' : 'DESC'} LIMIT ${OFFERS_AT_ONCE} OFFSET ${skip}`,
      );
      for (const [stationId, price, units] of rows) {
        const offer = { stationId: Number(stationId), price: Number(price), units: Number(units) };
        if (fits(offer)) return offer;
      }
      if (rows.length < OFFERS_AT_ONCE) return null;
    }
    return null;
  }

  const found: Found[] = [];
  for (const itemId of itemIds) {
    const ask = await best(itemId, 'supply');
    const bid = ask === null ? null : await best(itemId, 'demand');
    if (ask !== null && bid !== null) found.push({ itemId, ask, bid });
  }
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
