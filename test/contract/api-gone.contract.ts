import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ardentRoutes } from '../../src/infra/http/routes/ardent/ardent.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { asker } from '../../src/infra/threads/asker.ts';
import { startHttp } from '../support/http.ts';
import type { QueryWorld } from './query-world.ts';
import { COMMODITIES, GOLD, NOON_S } from './store-world.ts';

/** Whoever hangs up has his search ended, wherever it is; nobody else notices. */
export function apiGoneContract(use: () => QueryWorld): void {
  const cheapest = () =>
    use().queries.trades(GOLD, { side: 'supply', sort: 'price' }, { limit: 1, after: null });

  test('what waits in the thread when its asker goes is never begun', async () => {
    const gone = new AbortController();
    const asked = asker.run(gone.signal, () => Array.from({ length: 20 }, cheapest));
    const stays = cheapest();
    gone.abort();
    const outcomes = await Promise.allSettled(asked);
    const last = outcomes.at(-1) as PromiseRejectedResult;
    expect(String(last.reason)).toContain('whoever asked is gone');
    expect((await stays).entries).toHaveLength(1);
    expect((await cheapest()).entries).toHaveLength(1);
  });

  test.each([
    ['/api/v1/spreads', 'spreads'],
    ['/api/v1/tours/plan?commanders=Ann@STATION', 'freshness'],
    ['/api/v2/commodity/name/gold/exports', 'trades'],
  ] as const)('a client that hangs up ends its question: %s', async (path, searched) => {
    const { queries, plain } = use();
    const begun = Promise.withResolvers<null>();
    const ended = Promise.withResolvers<unknown>();
    const search = async (...args: never[]) => {
      begun.resolve(null);
      await once(asker.getStore()!, 'abort');
      const answer = (queries[searched] as (...args: never[]) => Promise<unknown>)(...args);
      ended.resolve(answer.catch(String));
      return answer;
    };
    const options = {
      queries: { ...queries, [searched]: search },
      planner: createTourPlanner(),
      travelTimes: TRAVEL_TIMES,
      commodities: () => COMMODITIES,
      now: () => NOON_S * 1000,
      questionsPerMinute: null,
      version: '1.2.3',
    };
    const server = await startHttp([(app) => apiRoutes(app, options), (app) => ardentRoutes(app, options)]);
    const client = new AbortController();
    const answer = fetch(`${server.url}${path.replace('STATION', String(plain[0]!.id))}`, {
      signal: client.signal,
    });
    await begun.promise;
    client.abort();
    await expect(answer).rejects.toThrow();
    expect(await ended.promise).toContain('whoever asked is gone');
  });
}
