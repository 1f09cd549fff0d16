import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect, onTestFinished, test } from 'vitest';
import { dayName } from '../../src/domain/history/days.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { FUEL, GOLD, NOON_S, snapshot } from '../contract/store-world.ts';
import { killChild } from '../support/child.ts';
import { followedStore } from '../support/followed-store.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';
import { times } from '../support/times.ts';
import { until } from '../support/until.ts';

const CHILD = fileURLToPath(new URL('../support/history-child.ts', import.meta.url));
const KILLS = times(2, 10);
const MARKETS = Array.from({ length: 20 }, (_, i) => 6_000 + i);

test('killed again and again while days end, every change is there once and no day is missing or torn', async () => {
  const random = new SeededRandom(5);
  const { file, db, store } = await followedStore(MARKETS);
  const directory = tempDir();

  const firstMs = String(Date.now());
  let child = await start();
  async function start(...endMs: string[]): Promise<ChildProcess> {
    const started = spawn(process.execPath, [CHILD, file, directory, firstMs, ...endMs], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void started.kill('SIGKILL'));
    await once(started.stdout, 'data');
    return started;
  }

  /** Every one has other prices than the one before. */
  let written = 0;
  const ending = new AbortController();
  const writing = (async () => {
    while (!ending.signal.aborted) {
      const some = MARKETS.filter(() => random.chance(0.2));
      const batch = some.map((marketId) => {
        written++;
        const rows = [
          [GOLD, 0, 0, 0, 1_000 + written, 1, 1],
          [FUEL, 1_000 + written, 1, 1, 0, 0, 0],
        ] as const;
        return snapshot(rows, { marketId, stationName: 'S', at: NOON_S + written });
      });
      await store.writeMarkets(batch);
      await sleep(random.integer(5, 40));
    }
  })();
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(random.integer(600, 2_500));
    await killChild(child);
    child = await start();
  }
  ending.abort();
  await writing;
  await killChild(child);
  // No day begins any more: on a slow machine they pass faster than they are closed.
  child = await start(String(Date.now()));

  const recorder = createHistoryRecorder(directory);
  const reader = createHistoryReader(directory);
  onTestFinished(async () => {
    await recorder.close();
    await reader.close();
  });
  const lastSeq = (await db.queries().changesSince(0, 1))?.lastSeq ?? 0;
  await until(async () => (await recorder.position())?.seq === lastSeq);
  await killChild(child);

  const days = await recorder.days();
  expect(days.length, 'days went by').toBeGreaterThan(KILLS);
  expect(days.map(({ day }) => day)).toEqual(days.map((_, at) => days[0]!.day + at));
  let points = 0;
  for (const marketId of MARKETS) {
    const answer = await reader.market(marketId, null, { fromS: 0, toS: 4_000_000_000 });
    expect(answer.days.filter(({ gap }) => gap?.startsWith('its file') === true)).toEqual([]);
    const ofMarket = answer.points;
    points += ofMarket.length;
    const prices = ofMarket.filter(({ itemId }) => itemId === GOLD).map(({ supplyPrice }) => supplyPrice);
    expect(prices, 'in order, and none twice').toEqual([...new Set(prices)].sort((a, b) => a - b));
    const [now] = await db.queries().seenMarkets([marketId]);
    expect(prices.at(-1) ?? 0, 'ends with what the database has').toBe(now?.rows[4] ?? 0);
  }
  const unseen = days.reduce((sum, day) => sum + day.unseen, 0);
  expect(points / 2 + unseen, 'each was recorded, or replaced before it could be').toBe(written);
  expect(points / 2).toBeGreaterThan(written / 10);
  for (const { day, isClosed, changes } of days) {
    if (!isClosed || changes === 0) continue;
    const path = join(directory, 'prices', `${dayName(day)}.parquet`);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    expect(rows, `${dayName(day)} is whole`).toHaveLength(changes);
  }
});
