import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { GOLD, NOON_S, snapshot } from '../contract/store-world.ts';
import { killChild } from '../support/child.ts';
import { latestOf, marketsOf, toldAll, type StreamEntry } from '../support/broker.ts';
import { followedStore } from '../support/followed-store.ts';
import { SeededRandom } from '../support/random.ts';
import { describeRedis, useRedis } from '../support/redis.ts';
import { times } from '../support/times.ts';
import { until } from '../support/until.ts';

const CHILD = fileURLToPath(new URL('../support/outbox-child.ts', import.meta.url));
const MARKETS = Array.from({ length: 20 }, (_, i) => 6_000 + i);
const TROUBLES = times(6, 40);

describeRedis('with a broker', () => {
  const redis = useRedis();

  test('whoever is killed or frozen, outbox or broker, every market ends as it is, and none ever goes back', async () => {
    const random = new SeededRandom(21);
    const { file, db, store } = await followedStore(MARKETS);

    const start = (): ChildProcess => {
      const child = spawn(process.execPath, [CHILD, file, redis.url], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    };
    // One goes on where the other was; sometimes both are at work.
    const children = [start(), start()];
    await Promise.all(children.map((child) => once(child.stdout!, 'data')));

    const ending = new AbortController();
    let written = 0;
    const writing = (async () => {
      while (!ending.signal.aborted) {
        const some = MARKETS.filter(() => random.chance(0.2));
        const batch = some.map((marketId) =>
          snapshot([[GOLD, 0, 0, 0, ++written, 1, 1]], { marketId, stationName: 'S', at: NOON_S + written }),
        );
        await store.writeMarkets(batch);
        await sleep(random.integer(5, 40));
      }
    })();
    for (let trouble = 0; trouble < TROUBLES; trouble++) {
      await sleep(random.integer(50, 600));
      const at = random.integer(0, 1);
      const kind = random.integer(0, 3);
      if (kind === 0) {
        await redis.kill();
        await sleep(random.integer(0, 300));
        await redis.start();
      } else if (kind === 1) {
        children[at]!.kill('SIGSTOP');
        await sleep(random.integer(100, 600));
        children[at]!.kill('SIGCONT');
      } else {
        await killChild(children[at]!);
        children[at] = start();
      }
    }
    await until(() => written > 100);
    ending.abort();
    await writing;

    const queries = db.queries();
    await toldAll(redis, queries);
    expect(written, 'much was written').toBeGreaterThan(100);
    expect(await latestOf(redis)).toEqual(await marketsOf(queries));
    const entries = await redis.ask(async (client) =>
      ((await client.xRange('tdl:changes', '-', '+')) ?? []).map(({ message }): StreamEntry => ({
        ...message,
      })),
    );
    const told = entries.filter(({ kind }) => kind === 'market');
    const seqs = told.map(({ seq }) => Number(seq));
    expect(seqs, 'each once, in order').toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(entries.length - told.length, 'it was filled once').toBeLessThanOrEqual(2);
    for (const id of MARKETS) {
      const prices = told.flatMap(({ id: marketId, goods = '{}' }) =>
        marketId === String(id) ? Object.values(JSON.parse(goods) as Record<string, number[]>) : [],
      );
      const gold = prices.map(([price = 0]) => price);
      expect(gold, 'none goes back').toEqual([...gold].sort((a, b) => a - b));
    }
  }, 180_000);
});
