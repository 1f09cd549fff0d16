import { beforeAll } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import type { QueryWorld } from './query-world.ts';
import { COMMODITIES, NOON_S } from './store-world.ts';

export type Entry = Readonly<Record<string, unknown>> & { readonly marketId: number };

export interface List<T = Entry> {
  readonly error?: string;
  readonly total: number;
  readonly entries: readonly T[];
}

/** Asks the API of a store. @param nowS its clock */
export function useApi(use: () => QueryWorld, nowS = NOON_S) {
  let base: string;

  beforeAll(async () => {
    const { queries } = use();
    const planner = createTourPlanner();
    const options = {
      ...{ queries, planner, commodities: () => COMMODITIES, now: () => nowS * 1000 },
      ...{ travelTimes: TRAVEL_TIMES, questionsPerMinute: null, version: '1.2.3' },
    };
    const server = await openHttp([(app) => apiRoutes(app, options)]);
    base = `${server.url}/api/v1`;
    return () => Promise.all([server.close(0), planner.close()]);
  });

  return async function get<T = List>(path: string): Promise<T> {
    return JSON.parse((await ask(base + path)).bytes.toString()) as T;
  };
}
