import { beforeAll, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import type { QueryWorld } from './query-world.ts';
import { COMMODITIES, NOON_S } from './store-world.ts';

/** Tags of answers over a store. */
export function tagsContract(use: () => QueryWorld): void {
  let base: string;
  let market: number;
  let nowMs = 0;
  beforeAll(async () => {
    const { queries, plain } = use();
    market = plain.find(({ atS }) => atS !== null)!.id;
    const planner = createTourPlanner();
    const options = {
      ...{ queries, planner, commodities: () => COMMODITIES, now: () => nowMs },
      ...{ travelTimes: TRAVEL_TIMES, questionsPerMinute: null, version: '1.2.3' },
    };
    const server = await openHttp([(app) => apiRoutes(app, options)]);
    base = `${server.url}/api/v1`;
    return () => Promise.all([server.close(0), planner.close()]);
  });

  test.each(['/markets/MARKET', '/freshness/recent?limit=20', '/commodities/Gold/sellers?limit=20'])(
    '%s: a tag is good for as long as the answer says the same, whatever its moment, and its ages about the same',
    async (path) => {
      const url = base + path.replace('MARKET', String(market));
      nowMs = (NOON_S + 3_600) * 1_000;
      const first = await ask(url);
      expect(first.status).toBe(200);
      nowMs += 1_000;
      const later = await ask(url);
      expect(later.bytes.equals(first.bytes)).toBe(false);
      const etag = first.headers.etag!;
      expect(later.headers.etag).toBe(etag);
      const none = await ask(url, { 'if-none-match': etag });
      expect(none).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
      nowMs += 86_400_000;
      expect((await ask(url)).headers.etag).not.toBe(etag);
    },
  );
}
