import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { deflateSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHere } from '../support/here.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';

const MIB = 1024 * 1024;

/** The most memory the process has had, bytes. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

describe('a relay that sends', () => {
  test('garbage, cut frames and bombs: each is counted, and the next message is written', async () => {
    const { program, relay, written, rate } = await startLiveDaemon();
    const good = frame(commodityMessage({ marketId: 1 }));
    const bomb = deflateSync(Buffer.alloc(200 * MIB));
    const garbage = [
      ...Array.from({ length: 50 }, () => randomBytes(200)),
      ...Array.from({ length: 50 }, (_, i) => good.subarray(0, i)),
    ];
    for (const bytes of garbage) await relay.publish(bytes);
    for (let i = 0; i < 20; i += 1) await relay.publish(bomb);
    await relay.publish(good);
    await written(1);
    const { rejected } = await rate((line) => line.received === 121);
    expect(rejected).toEqual({ malformed: 100, 'too large': 20 });
    expect(peakMemory(program.process.pid!)).toBeLessThan(400 * MIB);
  });

  test('a message beyond the limit: the connection is made again at once', async () => {
    const { program, relay, written } = await startLiveDaemonBy(startHere);
    await relay.publish(Buffer.alloc(16 * MIB + 1));
    await program.logged(/^feed .* more than 16 MiB.*trying again/);
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await written(1);
    expect(program.log.filter(({ msg }) => msg.includes('silence'))).toEqual([]);
  });

  test('a flood: memory stays bounded and everything that was taken is accounted for', async () => {
    const { program, relay, rate } = await startLiveDaemon();
    const frames = Array.from({ length: 500 }, (_, i) => frame(commodityMessage({ marketId: i + 1 })));
    for (let round = 0; round < 40; round += 1) for (const each of frames) await relay.publish(each);
    const line = await rate(
      ({ received, pending, deferred, spooled }) =>
        Number(received) > 0 && pending === 0 && deferred === 0 && spooled === 0,
    );
    expect(peakMemory(program.process.pid!)).toBeLessThan(500 * MIB);
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
    const last = program.log.findLast((each) => 'pending' in each) ?? line;
    const count = (name: string) => Number(last[name]);
    expect(count('accepted') + count('restored')).toBe(
      ['written', 'stale', 'superseded', 'spilled', 'everParked', 'held'].reduce(
        (sum, name) => sum + count(name),
        0,
      ),
    );
    expect(count('received')).toBeGreaterThan(1_000);
  });

  test('and goes away, again and again: what comes in the end is written', async () => {
    const { relay, written } = await startLiveDaemonBy(startHere);
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await written(1);
    for (let i = 0; i < 25; i += 1) {
      await relay.publish(frame(commodityMessage({ marketId: 1 })));
      await relay.restart();
    }
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage({ marketId: 2 })));
    await written(1, 2);
  });
});

describe('a stop', () => {
  test('while connecting to something that never answers ends at once', async () => {
    const mute = createServer((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as { port: number };
    const { program } = await startLiveDaemonBy(startHere, { url: `tcp://127.0.0.1:${port}`, early: true });
    await program.logged(/^database:/);
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
    expect(program.log.filter(({ msg }) => msg.startsWith('shutdown deadline'))).toEqual([]);
  });

  test('before anything has been opened ends in order', async () => {
    const { program } = await startLiveDaemonBy(startHere, { early: true });
    await program.logged(/^tradedangerous-listener /);
    program.kill('SIGTERM');
    const { code, stderr } = await program.exit;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
