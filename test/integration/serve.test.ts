import { expect, onTestFinished, test } from 'vitest';
import { runProgram, startProgram } from '../support/daemon.ts';
import { EventReader } from '../support/event-reader.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { describeRedis, useRedis } from '../support/redis.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const HERE = [128_000_001, 128_000_002, 128_000_003];

describeRedis('with a broker', () => {
  const redis = useRedis();

  test('a subscriber moves between two that serve, and misses nothing; both know what the daemon writes', async () => {
    const cwd = tempDir();
    const config = { http_listen: '127.0.0.1:0', broker_url: redis.url };
    const daemon = await startLiveDaemon({ cwd, config });
    await daemon.program.logged(/^broker: filled/);
    let second = 0;
    const write = (marketId: number, sellPrice: number) =>
      daemon.relay.publish(
        frame(
          commodityMessage({
            marketId,
            timestamp: new Date(Date.now() - 60_000 + 1_000 * ++second).toISOString(),
            commodities: [commodity('gold', { sellPrice })],
          }),
        ),
      );
    await write(HERE[0]!, 9_001);
    await daemon.written(HERE[0]!);

    const start = async () => {
      const program = startProgram({ cwd, args: ['serve', '--listen', '127.0.0.1:0'] });
      onTestFinished(() => program.kill('SIGKILL'));
      return { program, url: String((await program.logged(/^http: http/)).url) };
    };
    const [one, other] = await Promise.all([start(), start()]);
    const recent = async (url: string) => {
      const { bytes } = await ask(`${url}/api/v1/freshness/recent?limit=9`);
      return (JSON.parse(bytes.toString()) as { entries: unknown[] }).entries.length;
    };
    // The memory of a process that is told nothing, from now on.
    for (const { url } of [one, other]) expect(await recent(url)).toBe(1);
    const open = async (url: string, lastId: string | null = null) => {
      const reader = await EventReader.open(`${url}/api/v1/stream?markets=${HERE.join()}`, lastId);
      onTestFinished(() => reader.close());
      return reader;
    };
    const prices = (reader: EventReader) =>
      reader.events.flatMap(({ event, data }) => {
        const { marketId, rows } = data as { marketId: number; rows: { sellPrice: number }[] };
        return event === 'market' ? [`${marketId} ${rows[0]?.sellPrice}`] : [];
      });

    const first = await open(one.url);
    await until(() => first.events.some(({ event }) => event === 'snapshot'));
    await write(HERE[1]!, 9_002);
    await until(() => prices(first).includes(`${HERE[1]} 9002`));
    const { id: lastId } = first.events.at(-1)!;
    first.close();
    await write(HERE[0]!, 9_003);
    await write(HERE[2]!, 9_004);
    await daemon.written(...HERE);

    const next = await open(other.url, lastId);
    await until(() => prices(next).length >= 2);
    expect(
      next.events.map(({ event }) => event),
      'no snapshot: his place is known',
    ).not.toContain('snapshot');
    expect(prices(next).sort()).toEqual([`${HERE[0]} 9003`, `${HERE[2]} 9004`]);

    for (const { url } of [one, other]) await until(async () => (await recent(url)) === HERE.length);
    await write(HERE[1]!, 9_005);
    await until(() => prices(next).includes(`${HERE[1]} 9005`));
    await redis.kill();
    await other.program.logged(/^broker: not heard/);
    await write(HERE[1]!, 9_006);
    await until(() => prices(next).includes(`${HERE[1]} 9006`));
    await redis.start();
    await other.program.logged(/^broker: heard again/);

    const made = await runProgram({ cwd, args: ['token', 'add', 'app', '--scope', 'subscriptions'] });
    const [secret = ''] = /tdl_\S+/.exec(made.stdout) ?? [];
    const kept = await ask(
      `${other.url}/api/v1/subscriptions`,
      { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      'POST',
      JSON.stringify({ name: 'mine', markets: HERE }),
    );
    expect([kept.status, kept.bytes.toString()]).toEqual([
      503,
      '{"error":"the database cannot be written from here: ask a daemon, or again later"}',
    ]);

    const statuses = await Promise.all(
      ['/', '/ready', '/health', '/status', '/files/'].map(
        async (path) => (await ask(other.url + path)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 200, 404, 404]);
    expect((await ask(`${other.url}/metrics`)).bytes.toString()).toMatch(/^tdl_listeners 1$/m);
    const states = () =>
      redis.ask(async (client) => {
        const keys = await client.keys('tdl:process:*');
        const told = await Promise.all(keys.map((key) => client.get(key)));
        return told.map((text) => {
          const { role, state } = JSON.parse(text ?? '{}') as { role: string; state: string };
          return `${role} ${state}`;
        });
      });
    await until(async () => (await states()).sort().join() === 'daemon running,serve running,serve running');

    for (const { program } of [one, other]) program.kill('SIGTERM');
    expect((await Promise.all([one.program.exit, other.program.exit])).map(({ code }) => code)).toEqual([
      0, 0,
    ]);
    await until(() => next.isEnded);
    expect(next.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
    expect((await states()).sort()).toEqual(['daemon running', 'serve stopped', 'serve stopped']);
  });
});
