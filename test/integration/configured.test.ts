import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bootstrap } from '../../src/app/bootstrap.ts';
import { createStore } from '../../src/app/ports/store.ts';
import { COMMODITY_SCHEMA_REF } from '../../src/domain/eddn/staging-rules.ts';
import { ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const lines = (file: string) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { event?: string; parked?: number })
    : [];

test('a daemon does what its file says where that is not the default', async () => {
  const schemaRef = `${COMMODITY_SCHEMA_REF}/test`;
  const { relay, program, cwd, written } = await startLiveDaemonBy(startHere, {
    config: {
      eddn_schema_ref: schemaRef,
      max_clock_skew_s: 900,
      parked_max: 2,
      log_file: 'logs/mine.log',
      listener_diag: true,
      listener_diag_path: 'told/diag.jsonl',
    },
  });
  const publish = (overrides: Parameters<typeof commodityMessage>[0]) =>
    relay.publish(frame(commodityMessage(overrides)));
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
  const passedOn = { gatewayTimestamp: inMs(0) };
  await publish({ marketId: 1 });
  await publish({ $schemaRef: schemaRef, marketId: 2, header: passedOn, timestamp: inMs(1_000_000) });
  await publish({ $schemaRef: schemaRef, marketId: 3, header: passedOn, timestamp: inMs(600_000) });
  await written(3);
  for (const marketId of [11, 12, 13])
    await publish({ $schemaRef: schemaRef, marketId, systemName: `Unheard ${marketId}` });
  await until(() => lines(join(cwd, 'logs/mine.log')).some(({ parked }) => parked === 2));
  expect(program.log, 'all of it is in the file').toEqual([]);
  await until(() => lines(join(cwd, 'told/diag.jsonl')).some(({ event }) => event === 'debug'));
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
});

test('what it answers, to whom, how often and from which times, is as its file says', async () => {
  const { program, relay, written } = await startLiveDaemonBy(startHere, {
    config: {
      http_listen: '127.0.0.1:0',
      http_names: ['prices.example'],
      api_questions_per_minute: 3,
      tour_times: { marketS: 321 },
    },
  });
  const url = String((await program.logged(/^http: http/)).url);
  await relay.publish(frame(commodityMessage({ marketId: 3, timestamp: new Date().toISOString() })));
  await written(3);
  const api = `${url}/api/v1`;
  const plan = await ask(`${api}/tours/plan?commanders=A@Sol&within=10`);
  expect(JSON.parse(plan.bytes.toString())).toMatchObject({ assumptions: { times: { marketS: 321 } } });
  const named = (host: string) => ask(`${api}/subscriptions`, { host }, 'POST', '{}');
  expect((await named('prices.example')).bytes.toString()).not.toMatch(/not called/);
  expect((await named('elsewhere.example')).bytes.toString()).toMatch(/not called/);
  const statuses = new Set<number>();
  for (let i = 0; i < 3; i++) statuses.add((await ask(`${api}/systems?prefix=so`)).status);
  expect([...statuses], 'with the plan these are four').toEqual([200, 429]);
});

/** Markets of one good, written as the configuration says. @returns entries of the change log */
async function loggedOf(config: Record<string, unknown>, markets: number, ageS = 0): Promise<number> {
  const cwd = tempDir();
  writeConfig(cwd, config);
  await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
  const base = await bootstrap({ cwd, env: {} }, { logTo: 'stderr' });
  const store = await createStore(base);
  onTestFinished(() => store.close());
  const { file } = base.database as { file: string };
  if ((await store.beginChangeLog()) === 'none') return 0;
  await store.useCatalogue([{ id: 1, symbol: 'Gold', name: 'Gold', category: 'Metals', rare: false }]);
  const rows = new Int32Array(ROW_WIDTH);
  rows.set([1, 100, 100, 10, 1]);
  const observedAtS = Math.floor(Date.now() / 1_000) - 10_000;
  for (let from = 0; from < markets; from += 200) {
    const ids = Array.from({ length: Math.min(200, markets - from) }, (_, i) => 1_000 + from + i);
    const batch = ids.map((marketId) => ({
      ...{ marketId, systemName: 'Sol', stationName: `S ${marketId}` },
      ...{ observedAtS, receivedAtMs: 0, rows },
    }));
    await store.writeMarkets(batch);
    withDatabase(file, (db) => db.exec(`UPDATE tdl_change SET written_s = written_s - ${ageS}`));
    ageS = 0;
  }
  return withDatabase(file, (db) => Number(db.prepare('SELECT COUNT(*) AS n FROM tdl_change').get()!.n));
}

test.each([
  ['so many entries', { change_log_entries: 1_000 }, 3_000, 0, [1_000, 2_500]],
  ['for so long', { change_log_days: 0.5 }, 1_000, 50_000, [0, 1_999]],
  ['so many as ever', {}, 3_000, 50_000, [6_000, 6_000]],
  ['none', { change_log_days: 0 }, 200, 0, [0, 0]],
])('the change log keeps %s: %j', async (_, config, markets, ageS, [least, most]) => {
  const kept = await loggedOf(config, markets, ageS);
  expect(kept).toBeGreaterThanOrEqual(least!);
  expect(kept).toBeLessThanOrEqual(most!);
});

test.each([
  [{ log_rotate_mb: 0 }, /^mine\.log$/],
  [{ log_rotate_mb: 1 }, /^mine\.log\.\d{8}-\d{6}-\d+\.gz$/],
  [{ log_rotate_mb: 1, log_compress: false }, /^mine\.log\.\d{8}-\d{6}-\d+$/],
])('log files are put aside as %j says', async (config, name) => {
  const cwd = tempDir();
  writeConfig(cwd, { log_file: 'logs/mine.log', ...config });
  const { log } = await bootstrap({ cwd, env: {} }, { logTo: 'stdout' });
  for (let i = 0; i < 130; i++) log.info({ text: 'x'.repeat(10_000) }, 'told');
  await until(() => readdirSync(join(cwd, 'logs')).some((found) => name.test(found)));
  await log.close();
  const sizes = readdirSync(join(cwd, 'logs')).map((found) => statSync(join(cwd, 'logs', found)).size);
  expect(sizes.some((bytes) => bytes > 1_100_000)).toBe(config.log_rotate_mb === 0);
});
