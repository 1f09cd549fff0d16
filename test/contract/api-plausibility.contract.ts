import { beforeEach, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, startHttp } from '../support/http.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { COMMODITIES, GOLD, NOON_S } from './store-world.ts';

interface Body {
  readonly error?: string;
  readonly entries: readonly { readonly marketId: number; readonly plausible: boolean | null }[];
}

/** The mark of prices that no real market asks, and the parameter that leaves them out. */
export function apiPlausibilityContract(use: () => QueryWorld): void {
  let plain: readonly PlainStation[];
  let base: string;

  beforeEach(async () => {
    const { queries, ...world } = use();
    plain = world.plain;
    const options = {
      ...{ queries, commodities: () => COMMODITIES, now: () => NOON_S * 1000, planner: createTourPlanner() },
      ...{ travelTimes: TRAVEL_TIMES, questionsPerMinute: null, version: '1.2.3' },
    };
    const { url } = await startHttp([(app) => apiRoutes(app, options)]);
    base = `${url}/api/v1`;
  });

  async function get(path: string): Promise<Body> {
    return JSON.parse((await ask(`${base}${path}`)).bytes.toString()) as Body;
  }

  const isPlausible = ({ ratio }: PlainStation) => (ratio === null ? null : ratio >= 0.5 && ratio <= 2);
  const idsOf = (some: readonly PlainStation[]) => some.map(({ id }) => id).sort((a, b) => a - b);

  test('what is odd is told, and left out by who asks for that', async () => {
    const told = await get('/stations?limit=1000');
    expect(told.entries.map(({ marketId, plausible }) => [marketId, plausible])).toEqual(
      plain.map((station) => [station.id, isPlausible(station)]),
    );
    const fit = await get('/stations?limit=1000&plausible=true,unknown');
    expect(fit.entries.map(({ marketId }) => marketId)).toEqual(
      idsOf(plain.filter((station) => isPlausible(station) !== false)),
    );
    const odd = plain.filter(
      (station) => isPlausible(station) === false && (station.rows.get(GOLD)?.[3] ?? 0) > 0,
    );
    const sellers = await get(
      `/commodities/${GOLD}/sellers?plausible=false&carriers=included&minUnits=0&maxAge=300d&limit=1000`,
    );
    expect(sellers.entries.map(({ marketId }) => marketId).sort((a, b) => a - b)).toEqual(idsOf(odd));
    expect(odd.length).toBeGreaterThan(0);
    expect((await get('/stations?plausible=perhaps')).error).toContain('plausible');
  });
}
