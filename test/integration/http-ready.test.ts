import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { daemonIn } from '../support/http-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';

test('is not ready from the first failure of an outage to the first success, however often it is tried', async () => {
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  const cwd = tempDir();
  const file = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(file, ['Sol']);
  writeConfig(cwd, {
    eddn_url: relay.url,
    http_listen: '127.0.0.1:0',
    listener_db_backoff_min: 0.1,
    listener_db_backoff_cap: 0.2,
  });
  const { until, json } = await daemonIn(cwd, undefined, (options) =>
    startHere({ ...options, threads: true }),
  );
  await relay.waitForSubscribers();
  await until('/ready', ({ status }) => status === 200);
  // It can be opened and read, and not written.
  const holder = new DatabaseSync(file);
  onTestFinished(() => {
    if (holder.isOpen) holder.close();
  });
  holder.exec('BEGIN IMMEDIATE');
  await relay.publish(frame(commodityMessage()));
  await until('/ready', ({ status }) => status === 503);
  const attempt = async () => {
    const { actors } = (await json('/status')).body;
    return actors.find(({ name }) => name === 'writer')?.counters.attempt ?? 0;
  };
  const statuses = new Set<number>();
  while ((await attempt()) < 4) statuses.add((await json('/ready')).status);
  expect([...statuses]).toEqual([503]);
  holder.close();
  await until('/ready', ({ status }) => status === 200);
});
