import { expect, it, vi } from 'vitest';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { ApiDeps } from '../../src/infra/http/api/deps.ts';
import { Goods } from '../../src/infra/http/api/goods.ts';

it('reads goods again when the symbols are there, not at every question', async () => {
  let commodities: readonly Commodity[] = [];
  const items = vi.fn(() => Promise.resolve([{ id: 1, name: 'Gold', category: 'Metals', meanPrice: null }]));
  const queries = { items } as unknown as Queries;
  const deps = { queries, commodities: () => commodities, now: () => 0 } as unknown as ApiDeps;
  const goods = new Goods(deps);

  expect((await goods.all()).get(1)?.symbol).toBeNull();
  commodities = [{ id: 1, symbol: 'gold', name: 'Gold', category: 'Metals' } as Commodity];
  expect((await goods.all()).get(1)?.symbol).toBe('gold');
  await goods.all();
  expect(items).toHaveBeenCalledTimes(2);
});
