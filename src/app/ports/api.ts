import type { Commodity } from '../../domain/market/catalogue.ts';
import type { GalaxyImport } from '../../domain/ports/galaxy-store.ts';
import type { Queries } from '../../domain/ports/queries.ts';
import type { Store } from '../../domain/ports/store.ts';
import type { TourDeps } from '../../infra/http/api/deps.ts';
import type { ApiOptions } from '../../infra/http/api/manners.ts';
import { createTourPlanner } from '../../infra/tours/planner.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createQueries } from './store.ts';

/** What the HTTP server needs to answer questions. */
export type ApiSource = Omit<ApiOptions & TourDeps, 'version'>;

/** The store as the system writes to it, and the questions that are told of what it writes. */
export interface Answering {
  readonly store: Store;
  /** Null: no questions are answered. */
  readonly api: ApiSource | null;
  readonly close: () => Promise<void>;
}

/** Answers questions about a store where the configuration wants it; else nothing is loaded. */
export async function answeringFor(base: Bootstrap, store: Store): Promise<Answering> {
  const { config } = base;
  if (!config.api || config.httpListen === null) return { store, api: null, close: () => Promise.resolve() };
  const queries = await createQueries(base);
  const planner = createTourPlanner();
  let commodities: readonly Commodity[] = [];
  const api: ApiSource = {
    queries,
    commodities: () => commodities,
    now: () => Date.now(),
    planner,
    travelTimes: config.tourTimes,
    questionsPerMinute: config.apiQuestionsPerMinute === 0 ? null : config.apiQuestionsPerMinute,
  };
  const telling: Store = {
    ...tellingOf(store, queries),
    useCatalogue(list) {
      commodities = list;
      return store.useCatalogue(list);
    },
  };
  return {
    store: telling,
    api,
    close: async () => {
      await planner.close();
      await queries.close();
    },
  };
}

/** A store whose writing is told to whoever keeps what it has read. */
function tellingOf(store: Store, queries: Pick<Queries, 'changed' | 'changedAll'>): Store {
  return {
    ...store,
    async writeMarkets(batch) {
      const outcomes = await store.writeMarkets(batch);
      queries.changed(
        batch.flatMap(({ marketId }, at) => (outcomes[at]?.status === 'written' ? [marketId] : [])),
      );
      return outcomes;
    },
    async purge(options) {
      const rows = await store.purge(options);
      if (rows > 0 && options.dryRun !== true) queries.changedAll();
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
          queries.changedAll();
          return counts;
        },
        close: () => running.close(),
      };
    },
  };
}
