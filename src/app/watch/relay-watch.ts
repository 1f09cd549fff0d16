import { snapshotOf } from '../../actors/subscription/snapshot.ts';
import { RecentMarkets } from '../../actors/subscription/recent-markets.ts';
import { AppError, StoreError } from '../../domain/errors.ts';
import type { Commodity } from '../../domain/market/catalogue.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../domain/market/snapshot.ts';
import { narrowed, updateOf } from '../../domain/push/update.ts';
import { watchesStation, type Watch } from '../../domain/push/watch.ts';
import {
  STATION_SERVICES,
  type MarketRecord,
  type MarketRow,
  type Queries,
  type StationRecord,
} from '../../domain/ports/store/queries.ts';
import { defined } from '../../infra/http/api/filters.ts';
import { resolvePlace } from '../../infra/http/api/places.ts';
import { toldSnapshot, toldUpdate } from '../../infra/http/push/told.ts';
import { listedGood, type Good } from '../../infra/http/api/goods.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createQueries } from '../ports/store.ts';
import type { WatchHandlers } from './follow.ts';
import { knownCommodities, listenToRelay } from './relay-markets.ts';
import { wantedGood, wants, type Wanted } from './wanted.ts';

export interface WatchRequest extends Wanted {
  readonly near?: string | undefined;
  /** Light years. */
  readonly within?: number | undefined;
}

const WITHIN_LY = 50;
/** Of a system that nobody knows. */
const NOWHERE = -1n;
/** Of all schemas some ten messages come a second. */
const SILENT_MS = 60_000;

/**
 * What the relay brings, told as a daemon would tell it; what was before is what the database says, where there is one.
 * @throws AppError `usage`: there is no such good or system
 */
export async function watchRelay(
  base: Bootstrap,
  request: WatchRequest,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  const commodities = await knownCommodities(base);
  const good = wantedGood(request, commodities);
  const queries = await createQueries(base);
  try {
    const known = (await isThere(queries)) ? queries : null;
    const watch = await watchOf(request, good, known);
    const watcher = new RelayWatcher(known, goodsOf(commodities), watch, handlers);
    await watcher.begin(request.market);
    const isWanted = wants({ market: request.market }, null);
    let timer: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => handlers.onLost('nothing was heard for a minute', null), SILENT_MS);
    };
    heard();
    const relay = {
      onConnected: handlers.onConnected,
      onHeard: () => {
        heard();
        handlers.onConnected();
      },
      onMarket: async (snapshot: Snapshot) => {
        if (isWanted(snapshot)) await watcher.take(snapshot);
      },
    };
    await listenToRelay(base, commodities, relay, signal).finally(() => clearTimeout(timer));
  } finally {
    await queries.close();
  }
}

class RelayWatcher {
  readonly #queries: Queries | null;
  readonly #goods: ReadonlyMap<number, Good>;
  readonly #watch: Watch;
  readonly #handlers: WatchHandlers;
  readonly #recent = new RecentMarkets();
  readonly #seenAtS = new Map<number, number>();

  constructor(
    queries: Queries | null,
    goods: ReadonlyMap<number, Good>,
    watch: Watch,
    handlers: WatchHandlers,
  ) {
    this.#queries = queries;
    this.#goods = goods;
    this.#watch = watch;
    this.#handlers = handlers;
  }

  /** What is there. */
  async begin(market: string | undefined): Promise<void> {
    if (this.#queries === null) return;
    const one = market !== undefined && /^\d{1,15}$/.test(market.trim());
    if (market !== undefined && !one) return;
    const watch = one ? { ...this.#watch, marketIds: new Set([Number(market)]) } : this.#watch;
    const snapshot = { ...(await snapshotOf(this.#queries, watch)), reason: 'begin' as const };
    const data = toldSnapshot(narrowedSnapshot(snapshot, this.#watch), this.#goods, Date.now());
    this.#handlers.onEvent({ event: 'snapshot', id: null, data });
  }

  async take(snapshot: Snapshot): Promise<void> {
    const { marketId, observedAtS } = snapshot;
    const record = await this.#recordOf(snapshot);
    const seenAtS = this.#seenAtS.get(marketId) ?? record.station.marketAtS ?? 0;
    if (observedAtS < seenAtS || !watchesStation(this.#watch, record.station)) return;
    this.#seenAtS.set(marketId, observedAtS);
    const before = this.#recent.get(marketId) ?? (record.atS === null ? undefined : record.rows);
    const market = rowsOf(snapshot);
    this.#recent.set(marketId, market);
    const nowS = Math.floor(Date.now() / 1000);
    const change = { seq: 0, kind: 'market', id: BigInt(marketId), source: 'live' } as const;
    const update = updateOf(
      {
        change: { ...change, observedAtS, writtenAtS: nowS },
        oldestSeq: change.seq,
        station: { ...record.station, marketAtS: observedAtS },
        market,
      },
      before,
    );
    const wanted = narrowed(this.#watch, update);
    if (wanted === null) return;
    const data = toldUpdate(wanted, this.#goods, Date.now());
    const isKnown = record.station.system.id !== NOWHERE;
    this.#handlers.onEvent({ event: 'market', id: null, data: isKnown ? data : { ...data, systemId: null } });
  }

  async #recordOf(snapshot: Snapshot): Promise<MarketRecord> {
    try {
      const [record] = (await this.#queries?.markets([snapshot.marketId])) ?? [];
      if (record !== undefined) return record;
      const [system] = (await this.#queries?.systemsNamed(snapshot.systemName)) ?? [];
      return unknownMarket(snapshot, system);
    } catch (error) {
      if (error instanceof StoreError) return unknownMarket(snapshot, undefined);
      throw error;
    }
  }
}

function narrowedSnapshot<T extends { readonly markets: readonly MarketRecord[] }>(
  snapshot: T,
  { itemIds }: Watch,
): T {
  const rows = (all: readonly MarketRow[]) => all.filter(({ itemId }) => itemIds?.has(itemId) !== false);
  return { ...snapshot, markets: snapshot.markets.map((each) => ({ ...each, rows: rows(each.rows) })) };
}

/** Whether there is a database. */
async function isThere(queries: Queries): Promise<boolean> {
  try {
    await queries.items();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

function goodsOf(commodities: readonly Commodity[]): ReadonlyMap<number, Good> {
  return new Map(commodities.map((each) => [each.id, listedGood(each)]));
}

async function watchOf(
  { near, within = WITHIN_LY }: WatchRequest,
  good: Commodity | null,
  queries: Queries | null,
): Promise<Watch> {
  if (near !== undefined && queries === null) {
    throw new AppError('usage', `nobody knows what is near ${near}: there is no database`, {
      advice: 'start the daemon first, or leave --near away',
    });
  }
  const place = near === undefined || queries === null ? undefined : await placeOf(queries, near);
  return defined({
    itemIds: good === null ? undefined : new Set([good.id]),
    near: place === undefined ? undefined : { ...place, withinLy: within },
  });
}

async function placeOf(queries: Queries, near: string) {
  try {
    const { x, y, z } = await resolvePlace(queries, near);
    return { x, y, z };
  } catch (error) {
    throw error instanceof StoreError ? error : new AppError('usage', (error as Error).message);
  }
}

function unknownMarket(
  { marketId, stationName, systemName }: Snapshot,
  system: StationRecord['system'] | undefined,
): MarketRecord {
  const unknown = { type: null, journalType: null, group: null, lsFromStar: null, maxPad: null };
  const services = Object.fromEntries(
    STATION_SERVICES.map((each) => [each, null]),
  ) as StationRecord['services'];
  const nowhere = { id: NOWHERE, name: systemName, x: NaN, y: NaN, z: NaN, updatedAtS: null };
  const station = {
    ...{ id: marketId, name: stationName, system: system ?? nowhere, ...unknown, services },
    ...{ isPlanetary: null, updatedAtS: null, marketAtS: null, priceRatio: null },
  };
  return { station, atS: null, rows: [] };
}

function rowsOf({ rows }: Snapshot): MarketRow[] {
  return Array.from({ length: rows.length / ROW_WIDTH }, (_, i) => {
    const value = (column: number) => rows[i * ROW_WIDTH + column] ?? 0;
    return {
      itemId: value(ROW.itemId),
      ...{ supplyPrice: value(ROW.supplyPrice), supplyUnits: value(ROW.supplyUnits) },
      ...{ demandPrice: value(ROW.demandPrice), demandUnits: value(ROW.demandUnits) },
      ...{ supplyLevel: value(ROW.supplyLevel), demandLevel: value(ROW.demandLevel) },
    };
  });
}
