import type { Commodity } from '../../domain/market/catalogue.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import type { GalaxyImport } from '../../domain/ports/store/galaxy-store.ts';
import type { Patrols } from '../../domain/ports/commanders/patrols.ts';
import type { TourPlanner } from '../../domain/ports/commanders/tour-planner.ts';
import type { ScoutTours } from '../../domain/ports/commanders/scout-tours.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { ChangeStore } from '../../domain/ports/store/changes.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { Store, WholeStore } from '../../domain/ports/store/store.ts';
import type { Hub } from '../../actors/subscription/hub.ts';
import type { TourDeps } from '../../infra/http/api/deps.ts';
import { realTime } from '../../infra/process/real-time.ts';
import type { ApiOptions } from '../../infra/http/api/manners.ts';
import { createTourPlanner } from '../../infra/tours/planner.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { commoditySource, knownCommodities } from './catalogue.ts';
import { historyReader } from './historian.ts';
import { announcing, createQueries } from './store.ts';

/** What the HTTP server needs to answer questions. */
export type ApiSource = Omit<ApiOptions & TourDeps, 'version'> & {
  readonly planner: TourPlanner;
  /** How many are told what changes; absent: nobody is. */
  readonly listeners?: () => number;
  /** Null: none are kept. */
  readonly kept: { readonly tours: ScoutTours; readonly patrols: Patrols } | null;
};

/** The store as the system writes to it, and the questions that are told of what it writes. */
export interface Answering {
  readonly store: Store;
  /** Null: no questions are answered. */
  readonly api: ApiSource | null;
  /** The configuration has been read again. */
  readonly reconfigure: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Answers questions about a store where the configuration wants it; else nothing is loaded. */
export async function answeringFor(base: Bootstrap, store: WholeStore): Promise<Answering> {
  const { config } = base;
  const nothing = () => Promise.resolve();
  if (!config.api || config.httpListen === null)
    return { store, api: null, reconfigure: nothing, close: nothing };
  // Other daemons may write to the same server.
  const queries = await createQueries(base, base.database.backend === 'mariadb');
  // Until the first market is written.
  let commodities = await knownCommodities(commoditySource(base));
  const answering = await answeringWith(base, {
    ...{ queries, store, changeStore: announcing(store, base.log), commodities: () => commodities },
    keeps: config.tours && config.ownTables,
  });
  const { kept } = answering;
  const telling: Store = {
    ...tellingOf(
      store,
      (written) => {
        queries.changed(written.map(({ marketId }) => marketId));
        kept?.tours.observed(written);
      },
      () => queries.changedAll(),
      answering.poke,
    ),
    useCatalogue(list) {
      commodities = list;
      return store.useCatalogue(list);
    },
  };
  return { ...answering, store: telling };
}

interface AnsweringParts {
  readonly queries: Queries;
  readonly store: AggregateStore;
  readonly changeStore: ChangeStore;
  readonly commodities: () => readonly Commodity[];
  /** Whether tours and patrols are kept. */
  readonly keeps: boolean;
  /** How many may listen; undefined: as many as beside a daemon. */
  readonly mostListeners?: number;
}

/** Answers questions, and tells what changes, whoever writes. */
export async function answeringWith(base: Bootstrap, parts: AnsweringParts) {
  const { config } = base;
  const { queries, store, changeStore, commodities, keeps, mostListeners } = parts;
  const planner = createTourPlanner();
  const kept = keeps
    ? await (await import('./tours.ts')).keepTours(base, { queries, planner, travelTimes: config.tourTimes })
    : null;
  const history = await historyReader(base);
  let hub: Hub | undefined;
  const push = async () => {
    const { Hub } = await import('../../actors/subscription/hub.ts');
    const most = mostListeners === undefined ? {} : { mostSubscribers: mostListeners };
    return (hub ??= new Hub({ store: changeStore, queries, time: realTime, ...most }));
  };
  const { keepSubscriptions } = await import('../subscriptions.ts');
  const deps = { queries, commodities, now: () => Date.now() };
  const { named, reconfigure } = keepSubscriptions(base, store, deps);
  const api: ApiSource & Required<Pick<ApiSource, 'push' | 'named' | 'listeners'>> = {
    ...{ ...deps, kept },
    planner,
    travelTimes: config.tourTimes,
    ...{ push, named },
    listeners: () => hub?.size ?? 0,
    ...(history !== null && { history }),
    questionsPerMinute: config.apiQuestionsPerMinute === 0 ? null : config.apiQuestionsPerMinute,
  };
  return {
    ...{ api, kept, reconfigure },
    /** The log has come further. */
    poke: (position: LogPosition | null = null) => hub?.poke(position),
    listeners: api.listeners,
    close: async () => {
      await kept?.close();
      hub?.close();
      await planner.close();
      await history?.close();
      await queries.close();
    },
  };
}

/**
 * A store whose writing is told to whoever keeps what it has read.
 * @param onLogged after whatever may be in the change log
 */
function tellingOf(
  store: Store,
  onWritten: (markets: readonly Snapshot[]) => void,
  onAllChanged: () => void,
  onLogged: () => void,
): Store {
  return {
    ...store,
    async writeMarkets(batch) {
      const outcomes = await store.writeMarkets(batch);
      onWritten(batch.filter((_, at) => outcomes[at]?.status === 'written'));
      onLogged();
      return outcomes;
    },
    async learn(records) {
      const learned = await store.learn(records);
      onLogged();
      return learned;
    },
    async purge(options) {
      const rows = await store.purge(options);
      if (rows > 0 && options.dryRun !== true) onAllChanged();
      onLogged();
      return rows;
    },
    async beginImport(tables, signal): Promise<GalaxyImport> {
      const running = await store.beginImport(tables, signal);
      return {
        generation: running.generation,
        categories: running.categories,
        itemCategories: running.itemCategories,
        known: (stop) => running.known(stop),
        apply: (records, stop) => running.apply(records, stop),
        finish: async (stop) => {
          const counts = await running.finish(stop);
          onAllChanged();
          onLogged();
          return counts;
        },
        close: () => running.close(),
      };
    },
  };
}
