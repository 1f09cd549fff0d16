import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { sabotage } from '../support/sabotage.ts';
import { tempDir } from '../support/temp-dir.ts';

const DAY_MS = 86_400_000;

test('a clock that jumps, forwards and back, neither stops the daemon nor loses anything', async () => {
  const clockFile = join(tempDir(), 'error-ms');
  writeFileSync(clockFile, '0');
  const { program, relay, written, rate } = await startLiveDaemon({
    env: sabotage({ clockFile }),
    config: { export_live_every_x_min: 1 },
  });
  const marketIds: number[] = [];
  for (const errorMs of [DAY_MS, -DAY_MS, 30 * DAY_MS, 0]) {
    const marketId = marketIds.push(marketIds.length + 1);
    writeFileSync(clockFile, String(errorMs));
    await sleep(100);
    await relay.publish(frame(commodityMessage({ marketId })));
    await written(...marketIds);
    await rate((line) => line.written === marketId);
  }
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
});

test('with a clock that is behind, observations are judged by the clock of the gateway', async () => {
  const clockFile = join(tempDir(), 'error-ms');
  writeFileSync(clockFile, String(-DAY_MS));
  const { relay, written } = await startLiveDaemon({ env: sabotage({ clockFile }) });
  await sleep(100);
  const seenNow = (marketId: number) =>
    frame(commodityMessage({ marketId, timestamp: new Date().toISOString().replace(/\.\d+/, '') }));
  await relay.publish(seenNow(1));
  await written(1);
  writeFileSync(clockFile, '0');
  await sleep(100);
  await relay.publish(seenNow(2));
  await written(1, 2);
});
