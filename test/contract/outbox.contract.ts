import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { OutboxPorts } from '../../src/domain/ports/publishing/broker.ts';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import { latestOf, marketsOf, streamOf, toldAll } from '../support/broker.ts';
import { startOutbox } from '../support/outbox.ts';
import { SeededRandom } from '../support/random.ts';
import { useRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import {
  addStations,
  COMMODITIES,
  FUEL,
  GOLD,
  LINCOLN,
  NOON_S,
  OUTPOST,
  snapshot,
  SYSTEM,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const gold = (price: number): Row => [GOLD, 0, 0, 0, price, 100, 2];
const fuel = (price: number): Row => [FUEL, price, 10, 1, 0, 0, 0];

/** A broker that is told of what a real store writes. */
export function outboxContract(create: CreateDatabase): void {
  const redis = useRedis();
  const world = useWorld(create);
  let store: WholeStore;
  let queries: Queries;

  beforeEach(async () => {
    const { db } = world();
    await redis.ask((client) => client.flushAll());
    store = db.store('auto', { changeLog: { keepS: 86_400, keepEntries: 100_000 } });
    await store.useCatalogue(COMMODITIES);
    await store.beginChangeLog();
    queries = db.queries();
  });

  const start = (reading: OutboxPorts['queries'] = world().db.queries()) => {
    const outbox = startOutbox(redis.url, { store, queries: reading });
    onTestFinished(() => outbox.end());
    return outbox;
  };
  const write = async (rows: readonly Row[], fields: Parameters<typeof snapshot>[1] = {}) =>
    expect(await store.writeMarkets([snapshot(rows, fields)])).toMatchObject([{ status: 'written' }]);
  const isSame = async () => expect(await latestOf(redis)).toEqual(await marketsOf(queries));
  const goodsTold = async () =>
    (await streamOf(redis)).map(({ kind, goods = '', state = '' }) => `${kind} ${goods}${state}`);

  test('what was there, then every change in order with what of it is another', async () => {
    await write([gold(9_000)]);
    const { lines } = start();
    await toldAll(redis, queries);
    await write([gold(9_000), fuel(80)], { at: NOON_S + 1 });
    await toldAll(redis, queries);
    await write([fuel(81)], { at: NOON_S + 2 });
    await toldAll(redis, queries);
    await write([], { at: NOON_S + 3 });
    await write([gold(9_100)], { ...OUTPOST, at: NOON_S + 3 });
    await toldAll(redis, queries);
    await isSame();
    expect(await goodsTold()).toEqual([
      'filling ended',
      `market {"${FUEL}":[0,0,0,80,10,1]}`,
      `market {"${FUEL}":[0,0,0,81,10,1],"${GOLD}":null}`,
      `market {"${FUEL}":null}`,
      `market {"${GOLD}":[9100,100,2,0,0,0]}`,
    ]);
    const [, first] = await streamOf(redis);
    const log = (await queries.changesSince(0, 1))?.logId;
    expect(first).toMatchObject({
      ...{ log, kind: 'market', id: String(LINCOLN.marketId), source: 'live' },
      ...{ station: LINCOLN.stationName, system: LINCOLN.systemName, observedAt: '2026-03-01T12:00:01.000Z' },
    });
    expect(lines).toEqual([
      'broker: filled anew, for it has nothing of this database',
      'broker: filled, 1 markets',
    ]);
  });

  test('emptied, it is filled again; filling goes on where it was, and takes away what is no market', async () => {
    const ids = Array.from({ length: 120 }, (_, i) => 6_000 + i);
    await addStations(
      world().db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    await store.writeMarkets(
      ids.map((marketId) => snapshot([gold(marketId)], { marketId, stationName: 'S' })),
    );
    // The first one changes when its page has been told.
    const reading = world().db.queries();
    let changes = 1;
    const { lines } = start({
      ...reading,
      async marketIdsAfter(id, limit) {
        if (id >= ids[0]! && changes-- > 0)
          await write([gold(1)], { marketId: ids[0]!, stationName: 'S', at: NOON_S + 1 });
        return reading.marketIdsAfter(id, limit);
      },
    });
    await toldAll(redis, queries);
    await isSame();
    expect(await goodsTold(), 'it is told when all are').toEqual([
      ...['filling began', 'filling ended'],
      `market {"${GOLD}":[1,100,2,0,0,0]}`,
    ]);
    await redis.ask((client) => client.flushAll());
    await toldAll(redis, queries);
    await isSame();
    expect(lines).toEqual(
      Array.from({ length: 2 }, () => [
        'broker: filled anew, for it has nothing of this database',
        'broker: filled, 120 markets',
      ]).flat(),
    );

    const log = (await queries.changesSince(0, 1))!.logId;
    await redis.ask((client) =>
      client
        .multi()
        .hSet('tdl:latest:6050', 'station', 'changed by nobody')
        .hSet('tdl:latest:6200', 'station', 'no market')
        .zAdd('tdl:markets', { score: 6_200, value: '6200' })
        .hSet('tdl:outbox', { log, seq: 0, filledUpTo: 6_049 })
        .exec(),
    );
    await toldAll(redis, queries);
    await isSame();
    expect(lines.slice(4)).toEqual([
      'broker: filled anew, for filling it was not ended',
      'broker: filled, 70 markets',
    ]);
  });

  test('an outage is waited out; beyond what the log keeps, or with another log, all is told anew', async () => {
    const { actor, lines } = start();
    await toldAll(redis, queries);
    await redis.kill();
    await write([gold(9_000)]);
    await until(() => actor.getSnapshot().value === 'backingOff');
    await write([gold(9_001)], { at: NOON_S + 1 });
    await redis.start();
    await toldAll(redis, queries);
    await isSame();
    expect(await goodsTold()).toEqual(['filling ended', `market {"${GOLD}":[9001,100,2,0,0,0]}`]);
    expect(lines[2]).toMatch(/^broker: not told: broker at redis:\/\/127.0.0.1:\d+: .+/);
    // The broker has it a moment before it is said.
    await expect.poll(() => lines.at(-1)).toBe('broker: told again, from where it was told to');

    for (const [why, spoil] of [
      ['it was told nothing for longer than the change log is kept', 'DELETE FROM tdl_change'],
      ['the change log began anew', "UPDATE tdl_log SET log_id = 'another'"],
    ] as const) {
      await redis.kill();
      await until(() => actor.getSnapshot().value === 'backingOff');
      await write([gold(9_002)], { ...OUTPOST, at: NOON_S + 2 });
      await world().db.sql(spoil);
      await redis.start();
      await toldAll(redis, queries);
      await isSame();
      await expect
        .poll(() => lines.slice(-2))
        .toEqual([`broker: filled anew, for ${why}`, expect.stringContaining('filled')]);
    }
  });

  test('two at once tell everything once, in the order of every market; what is purged goes', async () => {
    const random = new SeededRandom(7);
    const ids = Array.from({ length: 8 }, (_, i) => 6_000 + i);
    await addStations(
      world().db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    const outboxes = [start(), start()];
    await toldAll(redis, queries);
    for (let round = 1; round <= 60; round++) {
      const some = ids.filter(() => random.chance(0.4));
      await store.writeMarkets(
        some.map((marketId) => snapshot([gold(round)], { marketId, stationName: 'S', at: NOON_S + round })),
      );
      for (const { actor } of outboxes) if (random.chance(0.5)) actor.send({ type: 'market.written' });
    }
    await toldAll(redis, queries);
    await isSame();
    const entries = (await streamOf(redis)).filter(({ kind }) => kind === 'market');
    const seqs = entries.map(({ seq }) => Number(seq));
    expect(seqs, 'each once, in order').toEqual([...new Set(seqs)].sort((a, b) => a - b));
    for (const id of ids) {
      const prices = entries.flatMap((entry) =>
        entry.id === String(id) ? Object.values(JSON.parse(entry.goods!) as Record<string, number[]>) : [],
      );
      const rounds = prices.map(([price = 0]) => price);
      expect(rounds, 'none goes back').toEqual([...rounds].sort((a, b) => a - b));
    }

    // Those who lead no more end, and begin again when they lead.
    await Promise.all(outboxes.map((outbox) => outbox.end()));
    await store.purge({ olderThanS: NOON_S + 1_000 });
    expect(Object.keys(await latestOf(redis))).toHaveLength(ids.length);
    const again = outboxes[0]!.begin();
    onTestFinished(() => again.send({ type: 'stop' }));
    await toldAll(redis, queries);
    expect(await latestOf(redis)).toEqual({});
  });
}
