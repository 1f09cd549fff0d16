import { Best } from '../../../../domain/galaxy/best.ts';
import type { Galaxy, Position } from '../../../../domain/galaxy/galaxy.ts';
import { hopGoods, type HopGood } from '../../../../domain/galaxy/hops.ts';
import { findMarkets, type PageRequest } from '../../../../domain/galaxy/search.ts';
import { jumpsFor, legSeconds } from '../../../../domain/galaxy/travel-time.ts';
import type { HopPage, HopRecord, HopRequest, MarketRecord } from '../../../../domain/ports/store/queries.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import { endIfGone } from '../../../threads/asker.ts';
import type { QueryReader } from './reader.ts';
import { readStationsById } from './records.ts';

/** Destinations that one question looks at: the nearest. */
const MAX_CANDIDATES = 1_000;

/** Stations of a statement. */
const IDS_AT_ONCE = 250;

interface Hop {
  readonly station: number;
  readonly distanceLy: number;
  readonly seconds: number;
  readonly goods: readonly HopGood[];
}

/** Where the goods of a market sell best. */
export async function findHops(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
  from: MarketRecord,
  { toId, filter, jumpRangeLy, minUnits, minProfit, sort }: HopRequest,
  page: PageRequest,
): Promise<HopPage> {
  const origin: Position = from.station.system;
  const supplies = from.rows.filter((row) => row.supplyPrice > 0 && row.supplyUnits >= minUnits);
  const { stations, candidates } = destinations();
  const demands = await readDemands(
    reader,
    stations,
    supplies.map(({ itemId }) => itemId),
    minUnits,
  );

  const hops: Hop[] = [];
  const best = new Best(page.limit, page.after);
  for (const id of stations) {
    const goods = hopGoods(supplies, demands.get(id) ?? []).filter(({ profit }) => profit >= minProfit);
    const station = galaxy.stationIndex(id);
    const top = goods[0];
    if (station === null || top === undefined) continue;
    const distanceLy = galaxy.distance(galaxy.systemOf[station] ?? 0, origin);
    const seconds = legSeconds(
      {
        distanceLy,
        lsFromStar: galaxy.lsFromStar(station),
        isPlanetary: galaxy.planetary[station] === 0 ? null : galaxy.planetary[station] === 2,
        isCarrier: kinds.get(galaxy.typeId[station] ?? 0)?.group === 'carrier',
      },
      jumpRangeLy,
    );
    const key = { profit: -top.profit, hour: -top.profit / seconds, distance: distanceLy }[sort];
    best.offer(key, id, hops.push({ station, distanceLy, seconds, goods }) - 1);
  }
  const chosen = best.values.flatMap((index) => hops[index] ?? []);
  return {
    from,
    entries: await describe(chosen),
    total: best.total,
    next: best.next,
    considered: stations.length,
    candidates,
  };

  function destinations(): { readonly stations: readonly number[]; readonly candidates: number } {
    const { seenAfterS } = filter;
    // Who names a market wants it, whatever it is like; but not what it paid long ago.
    const named =
      toId === undefined
        ? filter
        : { only: new Set([toId]), ...(seenAfterS !== undefined && { seenAfterS }) };
    const found = findMarkets(
      galaxy,
      kinds,
      { ...named, neverSeen: 'excluded', sort: 'distance' },
      { limit: MAX_CANDIDATES + 1, after: null },
    );
    const ids = found.indexes.map((market) => galaxy.stationIds[galaxy.stationOf[market] ?? 0] ?? 0);
    const others = ids.filter((id) => id !== from.station.id);
    return {
      stations: others.slice(0, MAX_CANDIDATES),
      candidates: found.total - (ids.length - others.length),
    };
  }

  async function describe(found: readonly Hop[]): Promise<HopRecord[]> {
    const ids = found.map(({ station }) => galaxy.stationIds[station] ?? 0);
    const stations = await readStationsById(reader, kinds, ids, galaxy);
    return found.flatMap(({ distanceLy, seconds, goods }, at) => {
      const station = stations.get(ids[at] ?? 0);
      if (station === undefined) return [];
      return [{ station, distanceLy, jumps: jumpsFor(distanceLy, jumpRangeLy), seconds, goods }];
    });
  }
}

interface DemandRow {
  readonly itemId: number;
  readonly demandPrice: number;
  readonly demandUnits: number;
}

/** What these stations pay for these goods. */
async function readDemands(
  reader: QueryReader,
  stationIds: readonly number[],
  itemIds: readonly number[],
  minUnits: number,
): Promise<ReadonlyMap<number, readonly DemandRow[]>> {
  const demands = new Map<number, DemandRow[]>();
  if (itemIds.length === 0) return demands;
  for (let at = 0; at < stationIds.length; at += IDS_AT_ONCE) {
    endIfGone();
    const rows = await reader.rows(
      `SELECT station_id, item_id, demand_price, demand_units FROM StationItem
       WHERE station_id IN (${stationIds.slice(at, at + IDS_AT_ONCE).join()}) AND item_id IN (${itemIds.join()})
         AND demand_price > 0 AND demand_units >= ${minUnits}`,
    );
    for (const [id, itemId, price, units] of rows) {
      const own = demands.get(Number(id)) ?? [];
      own.push({ itemId: Number(itemId), demandPrice: Number(price), demandUnits: Number(units) });
      demands.set(Number(id), own);
    }
  }
  return demands;
}
