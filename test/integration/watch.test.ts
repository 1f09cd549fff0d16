import { expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const LINCOLN = { id: 128_000_001, name: 'Lincoln', system: 'Sol' };
const HUB = { id: 128_000_002, name: 'Hub', system: 'Lave' };

/** A folder with a galaxy of two stations. */
async function world(config: object = {}): Promise<string> {
  const cwd = tempDir();
  await makeGalaxy(`${cwd}/data/TradeDangerous.db`, ['Sol', 'Lave'], [LINCOLN, HUB]);
  writeConfig(cwd, { ...config });
  return cwd;
}

function see(relay: Relay, { id, name, system }: typeof LINCOLN, sellPrice: number): Promise<void> {
  return relay.publish(
    frame(
      commodityMessage({
        ...{ marketId: id, stationName: name, systemName: system, timestamp: new Date().toISOString() },
        commodities: [commodity('gold', { sellPrice }), commodity('silver')],
      }),
    ),
  );
}

function watch(cwd: string, ...args: string[]) {
  const program = startProgram({ cwd, args: ['watch', ...args] });
  let text = '';
  program.process.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  let errors = '';
  program.process.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  onTestFinished(() => program.kill('SIGKILL'));
  return { ...program, said: () => text, errors: () => errors };
}

test('with a daemon it tells what the daemon tells, over a kill -9, and ends with 0', async () => {
  const port = await freePort();
  const config = { http_listen: `127.0.0.1:${port}` };
  const cwd = await world(config);
  const first = await startLiveDaemon({ cwd, config });
  const lines = watch(cwd, '--market', 'sol/LINCOLN', '--commodity', 'gold');
  const json = watch(cwd, '--json', '--near', 'Sol');
  await until(() => json.said().includes('snapshot') && lines.errors().includes('from the daemon at'));
  await until(async () => {
    await see(first.relay, HUB, 1);
    await see(first.relay, LINCOLN, 1_000);
    return lines.said().includes('Sol / Lincoln  Gold: buy at 900');
  }, 500);
  expect(lines.said()).not.toMatch(/Hub|Silver/);
  first.program.kill('SIGKILL');
  await until(() => lines.errors().includes('not connected') && json.errors().includes('not connected'));

  const next = await startLiveDaemon({ cwd, config });
  await see(next.relay, LINCOLN, 2_000);
  await until(() => lines.said().includes('sell at 2,000 (1,000)'));
  expect(lines.errors()).toContain('it is heard again');
  await until(() => json.said().includes('"sellPrice":2000'));
  const events = json.said().trimEnd().split('\n');
  const kinds = events.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(kinds).toContain('market');
  expect(kinds.lastIndexOf('snapshot')).toBe(0);

  const bad = await Promise.all([
    runHere({ cwd, args: ['watch', '--market', 'Nowhere'] }),
    runHere({ cwd, args: ['watch', '--commodity', 'golf'] }),
    runHere({ cwd, args: ['watch', '--near', 'Nowhere'] }),
  ]);
  const said = (text: string): unknown => ({
    code: 2,
    stderr: expect.stringContaining(`${text}\n`) as string,
  });
  expect(bad).toMatchObject([
    said('no station is named Nowhere'),
    said('no good is called golf: did you mean Gold?'),
    said('no system is named Nowhere'),
  ]);
  // Whoever reads no more is no failure.
  json.process.stdout.destroy();
  await see(next.relay, LINCOLN, 3_000);
  lines.kill('SIGINT');
  expect([(await lines.exit).code, (await json.exit).code]).toEqual([0, 0]);
});

test('where the daemon has no HTTP the log of its database is read', async () => {
  const cwd = await world();
  const { relay, program } = await startLiveDaemonBy(startHere, { cwd });
  await until(async () => {
    await see(relay, LINCOLN, 1_000);
    return program.log.some(({ msg }) => msg === 'the first market is in the database');
  }, 500);
  const lines = watch(cwd, '--market', String(LINCOLN.id));
  await until(() => lines.errors().includes('from the change log'));
  await until(() => lines.said().includes('Gold: buy at 900'));
  await see(relay, LINCOLN, 1_500);
  await until(() => lines.said().includes('sell at 1,500 (1,000)'));
  lines.kill('SIGTERM');
  expect((await lines.exit).code).toBe(0);
});

test('without a daemon it listens to the relay itself, and so does sample', async () => {
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  const cwd = await world({ eddn_url: relay.url });
  const [near, gold] = [watch(cwd, '--near', 'Lave', '--within', '1'), watch(cwd, '--commodity', 'gold')];
  const sampled = runHere({
    cwd,
    args: ['sample', '--count', '1', '--market', 'hub', '--commodity', 'gold'],
  });
  const never = runHere({ cwd, args: ['sample', '--market', '7', '--timeout', '4'] });
  await until(async () => {
    await see(relay, LINCOLN, 5_000);
    await see(relay, HUB, 6_000);
    return near.said().includes('Hub') && gold.said().includes('Lincoln  Gold: buy at 900');
  }, 500);
  await see(relay, HUB, 6_001);
  await until(() => gold.said().includes('sell at 6,001 (6,000)'));
  expect(gold.errors()).toContain(`from ${relay.url}, for no daemon works here`);
  expect(await sampled).toMatchObject({ code: 0 });
  expect((await sampled).stdout).toMatch(/Lave \/ Hub {2}Gold, buy at 900 \(90 in stock\), sell at 6,00\d/);
  expect(await never).toMatchObject({ code: 1 });
  expect((await never).stderr).toMatch(/0 of 10 markets in 4 s .*; others: \d+; refused: nothing/);
  near.kill('SIGINT');
  gold.kill('SIGINT');
  expect([(await near.exit).code, (await gold.exit).code]).toEqual([0, 0]);
});
