import { expect, onTestFinished, test } from 'vitest';
import { EventReader } from '../support/event-reader.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { until } from '../support/until.ts';

test('a subscriber of the real daemon is told what the feed brings, and that the daemon ends', async () => {
  const { program, relay } = await startLiveDaemon({ config: { http_listen: '127.0.0.1:0' } });
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

test('where no log is kept nobody is told, and it is said why', async () => {
  const { program } = await startLiveDaemon({ config: { http_listen: '127.0.0.1:0', change_log_days: 0 } });
  const { url } = await program.logged(/^http: http/);
  for (const path of ['stream', 'changes']) {
    const { status, bytes } = await ask(`${String(url)}/api/v1/${path}`);
    expect(status).toBe(503);
    expect(bytes.toString()).toContain('change_log_days');
  }
});
