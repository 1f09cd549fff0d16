import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Site } from '../../src/domain/colonisation/book/site.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { contributionLine, depotLine, loginLines, SITE_ID } from '../support/journals.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const CHILD = fileURLToPath(new URL('../support/journal-child.ts', import.meta.url));
const LINES = 600;

/** Starts somebody who follows the folder. @returns resolves when he has read all; and kills him */
function follow(...args: readonly string[]) {
  const child = spawn(process.execPath, [CHILD, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise((resolve) => child.on('exit', resolve));
  const up = new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    up,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

test('killed at any moment while journals are written, every whole line counts once, in order', async () => {
  const random = new SeededRandom(4);
  const dir = tempDir();
  const folder = join(dir, 'journals');
  mkdirSync(folder);
  const database = join(dir, 'TradeDangerous.db');
  await makeGalaxy(database, ['Sol']);
  const args = [folder, join(dir, 'positions.json'), database];
  const files = ['Journal.2026-05-01T120000.01.log', 'Journal.2026-05-01T130000.01.log'].map((name) =>
    join(folder, name),
  );
  const numbers = Array.from({ length: LINES }, (_, at) => at + 1);
  const halves = [numbers.slice(0, LINES / 2), numbers.slice(LINES / 2)].map((half) =>
    Buffer.from(
      [...loginLines(), ...half.map((number) => contributionLine(number, { steel: number }))]
        .map((line) => `${line}\r\n`)
        .join(''),
    ),
  );
  writeFileSync(files[0]!, `${depotLine(0, { steel: [1_000_000, 0] })}\n`);
  const writing = (async () => {
    for (const [at, bytes] of halves.entries()) {
      for (let from = 0; from < bytes.length;) {
        const size = Math.ceil(random.next() * 2_000);
        appendFileSync(files[at]!, bytes.subarray(from, from + size));
        from += size;
        await sleep(20);
      }
    }
    return 'written';
  })();
  for (let kills = 0; kills < 6; kills++) {
    const life = follow(...args);
    await life.up;
    await sleep(random.next() * 400);
    await life.kill();
  }
  await writing;
  const last = follow(...args);
  await last.up;
  const store = createSqliteStore({ file: database, generation: 'auto' });
  const site = async () => {
    const [kept] = await store.aggregates('site');
    return kept === undefined ? undefined : (JSON.parse(kept.json) as { state: Site }).state;
  };
  const done = await until(async () => {
    const now = await site();
    return now?.deliveries.length === LINES && now;
  });
  await last.kill();
  await store.close();
  expect(done.marketId).toBe(SITE_ID);
  expect(done.deliveries.map(({ goods }) => goods.steel)).toEqual(numbers);
});
