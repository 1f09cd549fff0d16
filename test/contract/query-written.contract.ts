import { expect, test } from 'vitest';
import type { QueryWorld } from './query-world.ts';
import { GOLD, NOON_S, snapshot } from './store-world.ts';

/** Questions about what is written meanwhile, in a galaxy of its own: others count what is there. */
export function writtenContract(use: () => QueryWorld): void {
  test('what is written is found without asking for it anew', async () => {
    const world = use();
    const cheapest = async () => {
      const page = await world.queries.trades(
        GOLD,
        { side: 'supply', sort: 'price' },
        { limit: 1, after: null },
      );
      return page.entries[0];
    };
    await cheapest();
    const { id, name, system } = world.plain.find(({ rows }) => rows.has(GOLD))!;
    const marketId = 4_000_000_001;
    for (const [which, market, price] of [
      ['known', { marketId: id, stationName: name, systemName: system.name }, 7],
      ['new', { marketId, stationName: 'Newcomer', systemName: system.name }, 5],
    ] as const) {
      const written = await world.store.writeMarkets([
        snapshot([[GOLD, 0, 0, 0, price, 900, 3]], { ...market, at: NOON_S + 60 }),
      ]);
      if (written[0]?.status === 'unknownSystem') continue; // one of several systems of one name
      expect(written, which).toMatchObject([{ status: 'written' }]);
      world.queries.changed([market.marketId]);
      await expect.poll(async () => (await cheapest())?.station.id).toBe(market.marketId);
      expect((await cheapest())?.quote).toMatchObject({ supplyPrice: price, supplyUnits: 900 });
    }
  });
}
