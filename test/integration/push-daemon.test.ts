import { expect, onTestFinished, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { EventReader } from '../support/event-reader.ts';
import { runHere, startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import type { Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

test('a subscriber of the real daemon is told what the feed brings, and that the daemon ends', async () => {
  const { program, relay } = await startLiveDaemonBy(startHere, { config: { http_listen: '127.0.0.1:0' } });
  const { url } = await program.logged(/^http: http/);
  const reader = await EventReader.open(`${String(url)}/api/v1/stream?systems=Sol`);
  onTestFinished(() => reader.close());
  await until(() => reader.events.some(({ event }) => event === 'snapshot'));

  await relay.publish(frame(commodityMessage({ marketId: 128_000_001 })));
  const told = (kind: string) => reader.events.filter(({ event }) => event === kind);
  await until(() => told('market').length > 0);
  expect(told('station')).toMatchObject([
    { data: { marketId: 128_000_001, systemName: 'Sol', source: 'live' } },
  ]);
  expect(told('market')).toMatchObject([{ data: { marketId: 128_000_001, source: 'live' } }]);

  program.kill('SIGTERM');
  expect(await program.exit).toMatchObject({ code: 0 });
  expect(program.log.map(({ msg }) => msg)).toContainEqual(
    expect.stringMatching(/tables of our own were made/),
  );
  await until(() => reader.isEnded);
  expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
});

test('what has a name outlives kill -9, and is changed by SIGHUP', async () => {
  const cwd = tempDir();
  const here = { markets: [128_000_001] };
  const settings = (subscriptions: readonly object[]) => ({ http_listen: '127.0.0.1:0', subscriptions });
  const first = await startLiveDaemon({ cwd, config: settings([{ name: 'configured', ...here }]) });
  const url = String((await first.program.logged(/^http: http/)).url);
  const token = await runHere({ cwd, args: ['token', 'add', 'bob', '--scope', 'subscriptions'] });
  const headers = { authorization: `Bearer ${token.stdout.trim()}`, 'content-type': 'application/json' };
  const post = (base: string, body: object) =>
    ask(`${base}/api/v1/subscriptions`, headers, 'POST', JSON.stringify(body));
  expect((await ask(`${url}/api/v1/subscriptions`)).status).toBe(401);
  await until(async () => (await post(url, { name: 'made', ...here })).status !== 409);
  const names = ['made', 'configured'] as const;
  const open = async (base: string, name: string, lastId: string | null = null) => {
    const reader = await EventReader.open(`${base}/api/v1/stream?subscription=${name}`, lastId);
    onTestFinished(() => reader.close());
    return reader;
  };
  const see = ({ relay }: { relay: Relay }, sellPrice: number) =>
    relay.publish(
      frame(
        commodityMessage({
          marketId: 128_000_001,
          timestamp: new Date().toISOString(),
          commodities: [commodity('gold', { sellPrice })],
        }),
      ),
    );
  const markets = ({ events }: EventReader) => events.filter(({ event }) => event === 'market');
  const readers = await Promise.all(names.map((name) => open(url, name)));
  await see(first, 1_000);
  await until(() => readers.every((reader) => markets(reader).length === 1));
  first.program.kill('SIGKILL');
  await first.program.exit;

  const next = await startLiveDaemon({ cwd, config: settings([{ name: 'configured', ...here }]) });
  const again = String((await next.program.logged(/^http: http/)).url);
  const resumed = await Promise.all(names.map((name, i) => open(again, name, readers[i]!.lastId)));
  await see(next, 2_000);
  await until(() => resumed.every((reader) => markets(reader).length === 1));
  expect(resumed.flatMap(({ events }) => events.map(({ event }) => event))).not.toContain('snapshot');

  writeConfig(cwd, {
    eddn_url: next.relay.url,
    ...settings([{ name: 'configured', side: 'supply' }, { name: 'bad one' }]),
  });
  next.program.kill('SIGHUP');
  await until(() => resumed[1]!.isEnded);
  expect(resumed[1]!.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'changed' } });
  expect((await next.program.logged(/^subscriptions\[1\]/)).msg).toContain('it is left out');
  expect(resumed[0]!.isEnded).toBe(false);
  const check = await runHere({ cwd, args: ['check-config'] });
  expect(check.stdout).toContain('subscriptions[1] (bad one): name: up to 64 letters');
});

test('where no log is kept nobody is told, and it is said why', async () => {
  const config = { http_listen: '127.0.0.1:0', change_log_days: 0 };
  const { program } = await startLiveDaemonBy(startHere, { config });
  const { url } = await program.logged(/^http: http/);
  for (const path of ['stream', 'changes']) {
    const { status, bytes } = await ask(`${String(url)}/api/v1/${path}`);
    expect(status).toBe(503);
    expect(bytes.toString()).toContain('change_log_days');
  }
});
