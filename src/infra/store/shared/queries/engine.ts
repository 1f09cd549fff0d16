import type { Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import { mapMarkets, type MapFilter } from '../../../../domain/galaxy/map.ts';
import type { Side } from '../../../../domain/galaxy/quotes.ts';
import {
  countAges,
  findMarkets,
  findStations,
  findSystems,
  findTrades,
  priceSpread,
  type Found,
  type PageRequest,
} from '../../../../domain/galaxy/search.ts';
import { stationKinds, type StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import type { StationFilter } from '../../../../domain/galaxy/stations/station-filter.ts';
import type { Generation } from '../../../../domain/generation.ts';
import type {
  Census,
  FoundStation,
  HopRequest,
  NameCursor,
  Page,
  Queries,
} from '../../../../domain/ports/store/queries.ts';
import { takeCensus } from './census.ts';
import { readChanges } from './changes.ts';
import { Kept } from './memory/kept.ts';
import { MemoryModel } from './memory/model.ts';
import { findHops } from './hops.ts';
import { byPrefix, namePage } from './names.ts';
import { readPriceReports } from './price-reports.ts';
import { countEconomies, readProfiles } from './profiles.ts';
import type { QueryReader } from './reader.ts';
import { readSeenMarkets } from './seen-markets.ts';
import { StationsOffering } from './memory/stations-offering.ts';
import { findSpreads } from './spreads.ts';
import { readMarkets, readStations, readStationsById, readSystems, readSystemsById } from './records.ts';

type Answers = Omit<Queries, 'changed' | 'changedAll' | 'replicaLag' | 'close'>;

/** How long a report that reads every row or profile is good for. */
const REPORT_MS = 10 * 60_000;

/** Answers questions from one reading connection and what it keeps in memory. */
export class QueryEngine implements Answers {
  readonly #reader: QueryReader;
  readonly #kinds: StationKinds;
  readonly #model: MemoryModel;
  readonly #reports = new Kept(REPORT_MS, async () => {
    const { galaxy } = await this.#model.current();
    return readPriceReports(this.#reader, galaxy, this.#kinds);
  });
  readonly #economies = new Kept(REPORT_MS, async () => {
    const { galaxy } = await this.#model.current();
    return countEconomies(this.#reader, galaxy, this.#kinds);
  });
  readonly #offering: StationsOffering;

  /** @param followsLog others write, and nobody tells what */
  constructor(reader: QueryReader, generation: Generation, followsLog = false) {
    this.#reader = reader;
    this.#model = new MemoryModel(reader, followsLog);
    this.#kinds = stationKinds(generation);
    this.#offering = new StationsOffering(reader);
  }

  /** Read again before the next question that needs them. */
  noteChanged(marketIds: readonly number[]): void {
    this.#model.noteChanged(marketIds);
  }

  noteAllChanged(): void {
    this.#model.noteAllChanged();
  }

  systemsNamed(name: string) {
    return readSystems(
      this.#reader,
      `WHERE sy.name = ${this.#reader.dialect.text(name)} ORDER BY sy.system_id`,
    );
  }

  async systemById(id: bigint) {
    return (await readSystemsById(this.#reader, [id])).get(id) ?? null;
  }

  async systemsByPrefix(prefix: string, limit: number, after: NameCursor | null) {
    const read = await readSystems(this.#reader, byPrefix('sy', prefix, limit, after, this.#reader.dialect));
    return namePage(read, limit);
  }

  async stationsByPrefix(prefix: string, limit: number, after: NameCursor | null) {
    const read = await readStations(
      this.#reader,
      this.#kinds,
      byPrefix('st', prefix, limit, after, this.#reader.dialect),
    );
    return namePage(read, limit);
  }

  async systemsNear(
    near: Parameters<Queries['systemsNear']>[0],
    page: Parameters<Queries['systemsNear']>[1],
  ) {
    const { galaxy } = await this.#model.current();
    const found = findSystems(galaxy, near, page);
    const ids = found.indexes.map((index) => galaxy.systemIds[index] ?? 0n);
    const systems = await readSystemsById(this.#reader, ids);
    const entries = found.indexes.flatMap((index, at) => {
      const system = systems.get(ids[at] ?? 0n);
      return system === undefined ? [] : [{ system, distanceLy: galaxy.distance(index, near) }];
    });
    return pageOf(found, entries);
  }

  async stations(filter: Parameters<Queries['stations']>[0], page: Parameters<Queries['stations']>[1]) {
    const { galaxy } = await this.#model.current();
    const found = findStations(galaxy, this.#kinds, filter, page);
    return this.#describe(galaxy, found, found.indexes, filter);
  }

  async stationsOffering(service: string, ...[filter, page]: Parameters<Queries['stations']>) {
    return this.stations({ ...filter, only: await this.#offering.of(service) }, page);
  }

  markets(ids: readonly number[]) {
    return readMarkets(this.#reader, this.#kinds, ids);
  }

  async marketIdsAfter(id: number, limit: number) {
    const rows = await this.#reader.rows(
      `SELECT DISTINCT station_id FROM StationItem WHERE station_id > ${id} ORDER BY station_id LIMIT ${limit}`,
    );
    return rows.map(([marketId]) => Number(marketId));
  }

  seenMarkets(ids: readonly number[]) {
    return readSeenMarkets(this.#reader, this.#kinds, ids);
  }

  profiles(stationIds: readonly number[]) {
    return readProfiles(this.#reader, stationIds);
  }

  async items() {
    const rows = await this.#reader.rows(
      `SELECT i.item_id, i.name, c.name, i.avg_price FROM Item i LEFT JOIN Category c ON c.category_id = i.category_id
       ORDER BY c.name, i.name, i.item_id`,
    );
    return rows.map(([id, name, category, mean]) => ({
      id: Number(id),
      name: String(name ?? ''),
      category: String(category ?? ''),
      meanPrice: Number(mean ?? 0) === 0 ? null : Number(mean),
    }));
  }

  async prices(itemId: number, filter: Parameters<Queries['prices']>[1]) {
    const { galaxy, quotes } = await this.#model.current();
    const ofItem = await quotes.of(itemId);
    const side = (each: Side) => priceSpread(galaxy, ofItem, this.#kinds, { ...filter, side: each });
    return { supply: side('supply'), demand: side('demand') };
  }

  async trades(
    itemId: number,
    filter: Parameters<Queries['trades']>[1],
    page: Parameters<Queries['trades']>[2],
  ) {
    const { galaxy, quotes } = await this.#model.current();
    const ofItem = await quotes.of(itemId);
    const found = findTrades(galaxy, ofItem, this.#kinds, filter, page);
    const stations = found.indexes.map((market) => galaxy.stationOf[market] ?? 0);
    const described = await this.#describe(galaxy, found, stations, filter);
    const quoteById = new Map(
      found.indexes.map((market, at) => {
        const station = stations[at] ?? 0;
        return [galaxy.stationIds[station], ofItem.at(market)] as const;
      }),
    );
    const entries = described.entries.flatMap((entry) => {
      const quote = quoteById.get(entry.station.id);
      return quote === undefined ? [] : [{ ...entry, quote }];
    });
    return { ...described, entries };
  }

  async hops(request: HopRequest, page: PageRequest) {
    const { galaxy } = await this.#model.current();
    const [from] = await readMarkets(this.#reader, this.#kinds, [request.fromId]);
    return from === undefined ? null : findHops(this.#reader, galaxy, this.#kinds, from, request, page);
  }

  async spreads(filter: Parameters<Queries['spreads']>[0]) {
    const { galaxy } = await this.#model.current();
    const itemIds = (await this.items()).map(({ id }) => id);
    return findSpreads(this.#reader, galaxy, this.#kinds, itemIds, filter);
  }

  async freshness(filter: Parameters<Queries['freshness']>[0], asked: PageRequest) {
    const { galaxy } = await this.#model.current();
    const found = findMarkets(galaxy, this.#kinds, filter, asked);
    const stations = found.indexes.map((market) => galaxy.stationOf[market] ?? 0);
    const page = await this.#describe(galaxy, found, stations, filter);
    const more = new Map(
      stations.map((station, at) => [galaxy.stationIds[station], found.moreInSystem[at] ?? 0] as const),
    );
    return {
      ...page,
      entries: page.entries.map((each) => ({ ...each, moreInSystem: more.get(each.station.id) ?? 0 })),
    };
  }

  priceReports() {
    return this.#reports.get();
  }

  economies() {
    return this.#economies.get();
  }

  async census(seenAfterS: number): Promise<Census> {
    const { galaxy } = await this.#model.current();
    return takeCensus(this.#reader, galaxy, this.#kinds, seenAfterS);
  }

  changesSince(seq: number, limit: number) {
    return readChanges(this.#reader, seq, limit);
  }

  async ages(filter: StationFilter, boundsS: readonly number[]) {
    const { galaxy } = await this.#model.current();
    return countAges(galaxy, this.#kinds, filter, boundsS);
  }

  async map(filter: MapFilter) {
    const { galaxy, quotes } = await this.#model.current();
    const { good } = filter;
    return mapMarkets(galaxy, this.#kinds, filter, good === undefined ? null : await quotes.of(good.itemId));
  }

  status() {
    return this.#model.status();
  }

  async #describe(
    galaxy: Galaxy,
    found: Found,
    stationIndexes: readonly number[],
    filter: StationFilter,
  ): Promise<Page<FoundStation>> {
    const stations = await readStationsById(
      this.#reader,
      this.#kinds,
      stationIndexes.map((index) => galaxy.stationIds[index] ?? 0),
      galaxy,
    );
    const places = filter.near === undefined ? (filter.along ?? []) : [filter.near];
    const entries = stationIndexes.flatMap((index) => {
      const station = stations.get(galaxy.stationIds[index] ?? 0);
      if (station === undefined) return [];
      const distances = places.map((place) => galaxy.distance(galaxy.systemOf[index] ?? 0, place));
      return [{ station, distanceLy: distances.length === 0 ? null : Math.min(...distances) }];
    });
    return pageOf(found, entries);
  }
}

function pageOf<T>({ total, next }: Found, entries: readonly T[]): Page<T> {
  return { entries, total, next };
}
