import { expect, onTestFinished, test, vi } from 'vitest';
import { Kept } from '../../src/infra/store/shared/queries/memory/kept.ts';
import { FUEL, GOLD, NOON_S, snapshot } from '../contract/store-world.ts';
import { followedStore } from '../support/followed-store.ts';
import { engineOn } from '../support/query-engine.ts';
import { storeThreadsHere } from '../support/threads-here.ts';

storeThreadsHere();

test('an answer that is kept is made once while it is good, and again after that', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  let made = 0;
  const kept = new Kept(1_000, () => Promise.resolve(++made));
  expect(await Promise.all([kept.get(), kept.get()])).toEqual([1, 1]);
  vi.advanceTimersByTime(1_000);
  expect(await kept.get()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await kept.get()).toBe(2);
  vi.advanceTimersByTime(1_000);
  expect(await kept.get(), 'good as long as the first').toBe(2);
});

test('one that could not be made is made anew for who asks next', async () => {
  let tries = 0;
  const kept = new Kept(60_000, () =>
    ++tries === 1 ? Promise.reject(new Error('away')) : Promise.resolve(tries),
  );
  await expect(kept.get()).rejects.toThrow('away');
  expect(await kept.get()).toBe(2);
  expect(await kept.get()).toBe(2);
});

async function world() {
  const { file, store } = await followedStore([11]);
  const write = (at: number, supplyPrice: number) =>
    store.writeMarkets([
      snapshot([[GOLD, 0, 0, 0, supplyPrice, 900, 3]], {
        ...{ marketId: 11, stationName: 'S', systemName: 'Sol', at },
      }),
    ]);
  await write(NOON_S, 95);
  const { engine, asked, asking } = engineOn(file);
  const ask = (itemId: number) =>
    engine.trades(itemId, { side: 'supply', sort: 'price' }, { limit: 1, after: null });
  /** Goods whose prices were read since it was last asked. */
  const read = () =>
    asked.splice(0).flatMap((sql) => /item_id = (\d+) AND supply_price/.exec(sql)?.[1] ?? []);
  return { engine, store, asking, ask, read, write };
}

test('the prices of 64 goods are in memory, those that were asked for last', async () => {
  const { engine, ask, read } = await world();
  const goods = Array.from({ length: 64 }, (_, i) => 1_000 + i);
  for (const id of goods) await ask(id);
  expect(read()).toHaveLength(64);
  expect(await engine.status()).toMatchObject({ goods: 64 });
  await ask(1_000);
  expect(read()).toEqual([]);
  await ask(GOLD);
  expect(read()).toEqual([String(GOLD)]);
  expect(await engine.status()).toMatchObject({ goods: 64 });
  for (const id of goods.filter((id) => id !== 1_001)) await ask(id);
  expect(read(), 'all but the one that was not asked for longest are still there').toEqual([]);
  await ask(1_001);
  expect(read()).toEqual(['1001']);
});

test('what is in memory takes the more room the more is in it, and is told before anything waits for it', async () => {
  const { engine, ask } = await world();
  expect(await engine.status()).toBeNull();
  await engine.stations({}, { limit: 1, after: null });
  const before = await engine.status();
  expect(before).toMatchObject({ systems: 1, stations: 1, markets: 1, goods: 0 });
  expect(before!.bytes).toBeGreaterThan(0);
  await ask(GOLD);
  const after = await engine.status();
  expect(after).toMatchObject({ goods: 1 });
  expect(after!.bytes).toBeGreaterThan(before!.bytes);
  const asked = ask(FUEL);
  expect((await engine.status())!.goods).toBeGreaterThan(0);
  await asked;
});

test('prices that could not be read are read for who asks next, and others stay true meanwhile', async () => {
  const { engine, asking, ask, read, write } = await world();
  await ask(GOLD);
  read();
  let isAway = true;
  asking.on('statement', (sql) => {
    if (isAway && sql.includes(`item_id = ${FUEL} `)) throw new Error('away');
  });
  await expect(ask(FUEL)).rejects.toThrow('away');
  isAway = false;
  await ask(FUEL);
  expect(read()).toContain(String(FUEL));
  await write(NOON_S + 60, 90);
  engine.noteChanged([11]);
  const { entries } = await ask(GOLD);
  expect(entries[0]?.quote.supplyPrice).toBe(90);
});

test('a galaxy that could not be read is read for who asks next', async () => {
  const { engine, asking, ask } = await world();
  let isAway = true;
  asking.on('statement', (sql) => {
    if (isAway && sql.includes('FROM Station st')) throw new Error('away');
  });
  await expect(ask(GOLD)).rejects.toThrow('away');
  expect(await engine.status()).toBeNull();
  isAway = false;
  expect((await ask(GOLD)).entries).toHaveLength(1);
});

test('what a station does not trade any more is not found there, and what it trades now is', async () => {
  const { engine, store, ask } = await world();
  await ask(GOLD);
  await ask(FUEL);
  await store.writeMarkets([
    snapshot([[FUEL, 0, 0, 0, 7, 900, 3]], {
      ...{ marketId: 11, stationName: 'S', systemName: 'Sol', at: NOON_S + 60 },
    }),
  ]);
  engine.noteChanged([11, 999]);
  expect((await ask(GOLD)).entries).toEqual([]);
  expect((await ask(FUEL)).entries.map(({ quote }) => quote.supplyPrice)).toEqual([7]);
});
