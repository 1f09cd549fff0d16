import { expect, test } from 'vitest';
import { useApi, type List } from './api-world.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { GOLD } from './store-world.ts';

interface Marked {
  readonly marketId: number;
  readonly plausible: boolean | null;
}

/** The mark of prices that no real market asks, and the parameter that leaves them out. */
export function apiPlausibilityContract(use: () => QueryWorld): void {
  const ask = useApi(use);
  const get = (path: string) => ask<List<Marked>>(path);

  const isPlausible = ({ ratio }: PlainStation) => (ratio === null ? null : ratio >= 0.5 && ratio <= 2);
  const idsOf = (some: readonly PlainStation[]) => some.map(({ id }) => id).sort((a, b) => a - b);

  test('what is odd is told, and left out by who asks for that', async () => {
    const { plain } = use();
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
