import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { count, PushWorld, told } from './push-world.ts';
import {
  addStations,
  BRANDY,
  FUEL,
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM,
  PLATINUM_ROW,
  snapshot,
  SYSTEM,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const BRANDY_ROW: Row = [BRANDY, 0, 0, 0, 4_000, 90, 3];

/** Whoever listens is told of what changes, on a real server. */
export function pushContract(create: CreateDatabase): void {
  const push = new PushWorld(create);
  const { open, write, changes } = push;

  test('first what is there, then what changes, with what was', async () => {
    await write([GOLD_ROW, FUEL_ROW]);
    const reader = await open(`?markets=${LINCOLN.marketId}`);
    await count(reader, 1);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'access-control-allow-origin': '*',
    });
    expect(reader.events[0]).toMatchObject({
      event: 'snapshot',
      data: {
        ...{ reason: 'begin', isComplete: true },
        markets: [{ marketId: LINCOLN.marketId, rows: [{ symbol: 'Gold' }, { symbol: 'HydrogenFuel' }] }],
      },
    });
    await write([[GOLD, 9_500, 1_200, 3, 0, 0, 0], PLATINUM_ROW], { at: NOON_S + 1 });
    await count(reader, 2);
    expect(reader.events[1]).toMatchObject({
      event: 'market',
      data: {
        ...{ marketId: LINCOLN.marketId, source: 'live' },
        rows: [
          { symbol: 'Platinum', sellPrice: 19_800, previous: null },
          { symbol: 'Gold', sellPrice: 9_500, previous: { sellPrice: 9_400 } },
          { symbol: 'HydrogenFuel', buyPrice: null, previous: { buyPrice: 95 } },
        ],
      },
    });
    // Seen again as it was: nothing is told.
    await write([[GOLD, 9_500, 1_200, 3, 0, 0, 0], PLATINUM_ROW], { at: NOON_S + 2 });
    await write([PLATINUM_ROW], { at: NOON_S + 3 });
    await count(reader, 3);
    expect(told(reader.events[2]!).rows).toMatchObject([{ symbol: 'Gold', previous: { sellPrice: 9_500 } }]);
    expect(reader.events.map(({ id }) => Number(id?.split(':')[1]))).toEqual(
      reader.events.map(({ id }) => Number(id?.split(':')[1])).toSorted((a, b) => a - b),
    );
  });

  test('a good that comes for the first time is told by its name', async () => {
    await write([GOLD_ROW]);
    const reader = await open(`?markets=${LINCOLN.marketId}`);
    await count(reader, 1);
    await write([GOLD_ROW, BRANDY_ROW], { at: NOON_S + 1 });
    await count(reader, 2);
    expect(told(reader.events[1]!).rows).toMatchObject([{ commodityId: BRANDY, symbol: 'LavianBrandy' }]);
  });

  test('so it is when it has come while nobody listened', async () => {
    await write([GOLD_ROW]);
    const reader = await open(`?markets=${LINCOLN.marketId}`);
    await count(reader, 1);
    reader.close();
    await until(() => push.hub.size === 0);
    await write([BRANDY_ROW], { at: NOON_S + 1 });
    const later = await open(`?markets=${LINCOLN.marketId}`);
    await count(later, 1);
    expect(later.events[0]?.data.markets).toMatchObject([{ rows: [{ symbol: 'LavianBrandy' }] }]);
  });

  test('whoever comes again is told what he has missed, and only that', async () => {
    await write([GOLD_ROW]);
    const reader = await open(`?markets=${LINCOLN.marketId}`);
    await count(reader, 1);
    reader.close();
    await write([FUEL_ROW], { at: NOON_S + 1 });
    await write([PLATINUM_ROW], OUTPOST);
    const again = await open(`?markets=${LINCOLN.marketId}`, reader.lastId);
    const markets = () => again.events.filter(({ event }) => event === 'market');
    await until(() => markets().length > 0);
    expect(markets()).toMatchObject([
      { data: { isWhole: true, rows: [{ symbol: 'HydrogenFuel', buyPrice: 95 }] } },
    ]);
    // Nobody remembers what was.
    expect(told(markets()[0]!).rows[0]).not.toHaveProperty('previous');
    await write([GOLD_ROW], { at: NOON_S + 2 });
    await until(() => markets().length > 1);
    expect(markets()).toHaveLength(2);
  });

  test.each(['00000000-0000-0000-0000-000000000000:1', 'nonsense'])(
    'whoever names a position that is none of this log (%s) begins with what is there',
    async (lastId) => {
      await write([GOLD_ROW]);
      const reader = await open(`?markets=${LINCOLN.marketId}`, lastId);
      await count(reader, 1);
      expect(reader.events).toMatchObject([{ event: 'snapshot', data: { reason: 'lost' } }]);
    },
  );

  test('only what is watched is told', async () => {
    await write([GOLD_ROW]);
    const watches = {
      gold: '?commodities=gold',
      sold: '?side=supply',
      dear: `?minPrice=15000`,
      sol: '?systems=Sol',
      near: '?near=1.5,-2.25,25899.96875&within=1',
      elsewhere: '?near=0,0,0&within=5',
      outpost: `?markets=${OUTPOST.marketId}`,
      few: `?markets=${LINCOLN.marketId}&commodities=platinum,hydrogenfuel&minUnits=1000`,
    };
    const streams = await Promise.all(Object.values(watches).map((query) => open(query)));
    for (const reader of streams) await count(reader, 1);
    await write([[GOLD, 9_500, 1_200, 3, 0, 0, 0], FUEL_ROW, PLATINUM_ROW], { at: NOON_S + 1 });
    await write([[PLATINUM, 1, 1, 1, 0, 0, 0]], { ...OUTPOST, at: NOON_S + 1 });
    const last = streams.at(-2)!;
    await count(last, 2);
    const rowsOf = streams.map((reader) =>
      reader.events.flatMap((each) =>
        each.event === 'market'
          ? [[told(each).marketId, ...told(each).rows.map(({ symbol }) => symbol)]]
          : [],
      ),
    );
    const lincoln = (...goods: string[]) => [LINCOLN.marketId, ...goods];
    const outpost = [OUTPOST.marketId, 'Platinum'];
    expect(Object.fromEntries(Object.keys(watches).map((name, i) => [name, rowsOf[i]]))).toEqual({
      // Nobody remembers what Outpost had: it has nothing of that now.
      gold: [lincoln('Gold'), [OUTPOST.marketId]],
      sold: [lincoln('HydrogenFuel'), [OUTPOST.marketId]],
      dear: [lincoln('Platinum'), [OUTPOST.marketId]],
      sol: [lincoln('Platinum', 'Gold', 'HydrogenFuel')],
      near: [lincoln('Platinum', 'Gold', 'HydrogenFuel'), outpost],
      elsewhere: [],
      outpost: [outpost],
      few: [lincoln('HydrogenFuel')],
    });
  });

  test('what makes no sense is refused before anything is told', async () => {
    for (const [query, status, text] of [
      ['?minPrice=no', 400, 'minPrice'],
      ['?since=5', 400, 'position'],
      ['?commodities=unobtainium', 404, 'unobtainium'],
      ['?systems=Nowhere', 404, 'Nowhere'],
      ['?what=1', 400, 'no such parameter'],
    ] as const) {
      const reader = await open(query);
      await until(() => reader.isEnded);
      expect({ query, status: reader.status }).toEqual({ query, status });
      expect(reader.body).toContain(text);
    }
  });

  test('a reader who takes nothing is dropped, and told why; the others are not held up', async () => {
    push.hub.close();
    await push.serve(100);
    const { db } = push.world();
    const ids = Array.from({ length: 300 }, (_, i) => 5_000 + i);
    await addStations(
      db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    const stuck = await open('');
    await count(stuck, 1);
    stuck.pause();
    const good = await open('');
    await count(good, 1);
    let round = 0;
    while (!stuck.isEnded && round < 400) {
      round++;
      const rows: Row[] = [
        [GOLD, round, 1, 1, round, 1, 1],
        [FUEL, round, 1, 1, 0, 0, 0],
        [PLATINUM, round, 1, 1, 0, 0, 0],
      ];
      await push.store.writeMarkets(
        ids.map((marketId) => snapshot(rows, { marketId, stationName: 'S', at: NOON_S + round })),
      );
      push.hub.poke();
      await sleep(20);
      if (push.hub.size === 1) stuck.resume();
    }
    expect(stuck.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'slow' } });
    expect(good.isEnded).toBe(false);
    const seen = good.events.length;
    await write([GOLD_ROW], { at: NOON_S + 500 });
    await until(() => good.events.length > seen);
    good.close();
  }, 60_000);

  test('a server that ends says so', async () => {
    const reader = await open('');
    await count(reader, 1);
    push.hub.close();
    await until(() => reader.isEnded);
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
  });

  test('the log can be asked again and again', async () => {
    const start = await changes('');
    expect(start).toMatchObject({ begin: false, changes: [] });
    const waiting = changes(`?since=${start.position}&wait=20`);
    await write([GOLD_ROW]);
    const first = await waiting;
    expect(first.changes).toMatchObject([{ kind: 'market', id: String(LINCOLN.marketId), source: 'live' }]);
    expect(await changes(`?since=${first.position}&wait=0`)).toMatchObject({
      begin: false,
      changes: [],
    });
    const other = '00000000-0000-0000-0000-000000000000:0';
    expect(await changes(`?since=${other}`)).toEqual({
      position: first.position,
      begin: true,
      changes: [],
    });
  });
}
