import { expect, test } from 'vitest';
import { checkBroker } from '../../src/app/checks.ts';
import type { Config } from '../../src/config/load.ts';
import { ask } from '../support/http.ts';
import { streamOf } from '../support/broker.ts';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { describeRedis, useRedis } from '../support/redis.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'a s3cret';

describeRedis('with a broker', () => {
  const redis = useRedis(['--requirepass', PASSWORD]);

  test('the real daemon tells it what it writes and how it is, also after kill -9, and works on without it', async () => {
    const cwd = tempDir();
    const config = { http_listen: '127.0.0.1:0', broker_url: redis.url.replace('redis', 'valkey') };
    const now = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
    const told = async () =>
      (await streamOf(redis, PASSWORD)).filter(({ kind }) => kind === 'market').map(({ id }) => Number(id));
    const processes = async () =>
      redis.ask(async (client) => {
        const keys = await client.keys('tdl:process:*');
        const texts = await Promise.all(keys.map((key) => client.get(key)));
        return texts.map((text) => JSON.parse(text ?? 'null') as Record<string, unknown>);
      }, PASSWORD);

    const check = (env: Record<string, string>) =>
      checkBroker({ at: { cwd, env }, config: { brokerUrl: redis.url } as Config });
    expect(await check({})).toMatchObject({ level: 'fail', text: expect.stringContaining('REDIS_PASSWORD') });
    expect(await check({ REDIS_PASSWORD: PASSWORD })).toEqual({
      ...{ level: 'ok', about: 'broker' },
      text: expect.stringMatching(/^redis:\/\/127.0.0.1:\d+: (redis|valkey) \d+\.\S+, 0 markets$/),
    });

    const wrong = await startLiveDaemon({ cwd, config });
    await wrong.program.logged(/^broker: not told: .*wants a password.*REDIS_PASSWORD/);
    const write = async ({ relay }: typeof wrong, marketId: number, secondsAgo: number) =>
      relay.publish(
        frame(
          commodityMessage({
            marketId,
            timestamp: now(secondsAgo),
            commodities: [commodity('gold', { sellPrice: 9_000 + secondsAgo })],
          }),
        ),
      );
    await write(wrong, 128_000_001, 60);
    await wrong.written(128_000_001);
    wrong.program.kill('SIGKILL');
    await wrong.program.exit;

    const env = { REDIS_PASSWORD: PASSWORD };
    const first = await startLiveDaemon({ cwd, config, env });
    await first.program.logged(/^broker: filled, 1 markets/);
    await write(first, 128_000_002, 50);
    await until(async () => (await told()).join() === '128000002');
    const { pid } = first.program.process;
    await until(async () => (await processes()).some((each) => each.state === 'running' && each.pid === pid));
    first.program.kill('SIGKILL');
    await first.program.exit;

    const second = await startLiveDaemon({ cwd, config, env });
    await until(async () => (await processes()).some((each) => each.pid === second.program.process.pid));
    redis.pause();
    await write(second, 128_000_003, 40);
    await second.written(128_000_001, 128_000_002, 128_000_003);
    const url = String((await second.program.logged(/^http: http/)).url);
    expect((await ask(`${url}/api/v1/markets/128000003`)).status, 'nothing else is disturbed').toBe(200);
    redis.resume();
    await until(async () => (await told()).join() === '128000002,128000003');

    second.program.kill('SIGTERM');
    expect(await second.program.exit).toMatchObject({ code: 0 });
    const mine = (await processes()).find((each) => each.pid === second.program.process.pid);
    expect(mine).toMatchObject({ role: 'daemon', state: 'stopped' });
    for (const { program } of [wrong, first, second])
      expect(JSON.stringify(program.log), 'the secret is told nowhere').not.toContain(PASSWORD);
  });
});
