import { beforeAll, expect } from 'vitest';
import { ardentRoutes } from '../../src/infra/http/routes/ardent/ardent.ts';
import { ask, openHttp } from '../support/http.ts';
import type { QueryWorld } from './query-world.ts';
import { COMMODITIES, NOON_S } from './store-world.ts';

/** 2026-03-01T13:00:00Z. */
export const NOW_S = NOON_S + 3_600;

export type Row = Readonly<Record<string, unknown>>;

/** Asks Ardent's API v2 of a store. */
export function useArdent(use: () => QueryWorld) {
  let url: string;

  beforeAll(async () => {
    const { queries } = use();
    const server = await openHttp([
      (app) =>
        ardentRoutes(app, {
          queries,
          commodities: () => COMMODITIES,
          now: () => NOW_S * 1000,
          questionsPerMinute: null,
          version: '1.2.3',
        }),
    ]);
    url = server.url;
    return () => server.close(0);
  });

  return async function get<T = Row[]>(path: string, status = 200, base = '/v2'): Promise<T> {
    const answer = await ask(url + base + path);
    expect({ path, status: answer.status }).toEqual({ path, status });
    return JSON.parse(answer.bytes.toString()) as T;
  };
}
