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

it('reads goods again for one that is met and not known, and once only for one that is gone', async () => {
  const gold = { id: 1, name: 'Gold', category: 'Metals', meanPrice: null };
  const found = [gold];
  const items = vi.fn(() => Promise.resolve([...found]));
  const queries = { items } as unknown as Queries;
  const commodities: readonly Commodity[] = [];
  const goods = new Goods({ queries, commodities: () => commodities, now: () => 0 });

  await goods.all();
  found.push({ ...gold, id: 2, name: 'Silver' });
  expect([...(await goods.including([2, 3])).values()].map(({ name }) => name)).toEqual(['Gold', 'Silver']);
  expect(items).toHaveBeenCalledTimes(2);
  for (const ids of [[1, 2], [3], []]) await goods.including(ids);
  await goods.all();
  expect(items, 'the third is gone').toHaveBeenCalledTimes(2);

  found.push({ ...gold, id: 4, name: 'Osmium' });
  expect(await goods.find('osmium')).toMatchObject({ commodityId: 4 });
});

it('reads goods again a minute later, and at once after a failure', async () => {
  let nowMs = 0;
  const gold = { id: 1, name: 'Gold', category: 'Metals', meanPrice: 9_000 };
  const items = vi.fn(() => Promise.resolve([gold]));
  items.mockRejectedValueOnce(new Error('away'));
  const queries = { items } as unknown as Queries;
  const commodities: readonly Commodity[] = [];
  const goods = new Goods({ queries, commodities: () => commodities, now: () => nowMs });

  await expect(goods.all()).rejects.toThrow('away');
  expect((await goods.all()).get(1)?.meanPrice).toBe(9_000);
  gold.meanPrice = 9_500;
  nowMs = 59_000;
  expect((await goods.all()).get(1)?.meanPrice).toBe(9_000);
  nowMs = 61_000;
  expect((await goods.all()).get(1)?.meanPrice).toBe(9_500);
});

it('names what was meant, and says where all are', async () => {
  const queries = {
    items: () => Promise.resolve([{ id: 1, name: 'Gold', category: 'Metals', meanPrice: null }]),
  } as unknown as Queries;
  const goods = new Goods({ queries, commodities: () => [], now: () => 0 });
  await expect(goods.find('Gld')).rejects.toThrow('no good is called Gld: did you mean Gold?');
  await expect(goods.find('Unobtainium')).rejects.toThrow('see /api/v1/commodities for all');
  await expect(goods.idOf('Gld')).rejects.toMatchObject({ statusCode: 404 });
  expect(await goods.idOf('gold')).toBe(1);
  const none = { items: () => Promise.resolve([]) } as unknown as Queries;
  await expect(
    new Goods({ queries: none, commodities: () => [], now: () => 0 }).idOf('gold'),
  ).rejects.toMatchObject({ statusCode: 503 });
});

it('finds nothing only where there is nothing, not while the database is away', async () => {
  const items = vi.fn(() => Promise.resolve([{ id: 1, name: 'Gold', category: 'Metals', meanPrice: null }]));
  const queries = { items } as unknown as Queries;
  const commodities: readonly Commodity[] = [];
  const goods = new Goods({ queries, commodities: () => commodities, now: () => 0 });
  expect(await goods.findIfAny('gold')).toMatchObject({ commodityId: 1 });
  expect(await goods.findIfAny('unobtainium')).toBeNull();
  items.mockRejectedValue(new Error('away'));
  await expect(goods.findIfAny('unobtainium')).rejects.toThrow('away');
});
