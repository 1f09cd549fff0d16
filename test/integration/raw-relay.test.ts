import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { Subscriber } from 'zeromq';
import { createZmqFeed } from '../../src/infra/feed/zmq-feed.ts';
import { openRawRelay, type RawRelay } from '../../src/infra/feed/raw-relay.ts';
import { writeConfig } from '../support/daemon.ts';
import { runHere, startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

interface Consumer {
  /** Messages as they came, all parts, as they are shown. */
  readonly got: string[][];
  readonly stop: () => void;
}

const hex = (part: Buffer) => part.toString('hex');

function consume(url: string, show: (part: Buffer) => string = hex): Consumer {
  const socket = new Subscriber({ linger: 0 });
  onTestFinished(() => socket.close());
  socket.connect(url);
  socket.subscribe();
  const got: string[][] = [];
  void (async () => {
    for await (const parts of socket) got.push(parts.map(show));
  })();
  return { got, stop: () => socket.close() };
}

async function rawRelay(): Promise<RawRelay> {
  const relay = await openRawRelay('tcp://127.0.0.1:*');
  onTestFinished(() => relay.close());
  return relay;
}

const connected = (relay: RawRelay, connections: number) =>
  until(() => relay.counts().connections === connections, 5);

/** Until what is sent reaches them: that somebody has connected is known a moment before he has subscribed. */
async function subscribed(send: (probe: Buffer) => unknown, consumers: readonly Consumer[]): Promise<number> {
  for (let probes = 1; ; probes++) {
    const probe = Buffer.from(`probe ${probes}`);
    await send(probe);
    await sleep(50);
    if (consumers.some(({ got }) => got.at(-1)?.[0] !== hex(probe))) continue;
    for (const { got } of consumers) got.length = 0;
    return probes;
  }
}

test('passes on every message with all its parts, before it is understood, while the feed stands still', async () => {
  const source = await startRelay();
  onTestFinished(() => source.close());
  const relay = await rawRelay();
  const consumers = [consume(relay.url), consume(relay.url)];
  await connected(relay, 2);
  const probes = await subscribed((probe) => relay.pass([probe]), consumers);
  const gate = Promise.withResolvers<undefined>();
  const feed = createZmqFeed(source.url, relay.pass);
  const ended = feed.read({ onConnected: () => undefined, onBatch: () => gate.promise });
  await source.waitForSubscribers();
  // The first batch is still being taken when it has arrived elsewhere.
  const sent: Uint8Array[][] = [[randomBytes(9)]];
  await source.publish(sent[0]!);
  await until(() => consumers.every(({ got }) => got.length === 1));
  gate.resolve(undefined);
  for (let i = 0; i < 900; i++) sent.push([randomBytes(i * 7)]);
  sent.push([randomBytes(300), Buffer.alloc(0), randomBytes(3)], [Buffer.alloc(0)]);
  for (const parts of sent.slice(1)) await source.publish(parts);
  await until(() => consumers.every(({ got }) => got.length === sent.length));
  const expected = sent.map((parts) => parts.map((part) => Buffer.from(part).toString('hex')));
  for (const { got } of consumers) expect(got).toEqual(expected);
  expect(relay.counts()).toEqual({ messages: probes + sent.length, connections: 2 });
  consumers[1]!.stop();
  await connected(relay, 1);
  feed.close();
  await ended;
});

/** What is held no more is counted no more. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('who takes nothing loses what he has no room for, and costs the others nothing', async () => {
  const relay = await rawRelay();
  const script = `import { Subscriber } from 'zeromq';
    const socket = new Subscriber({ receiveHighWaterMark: 1 });
    socket.connect(${JSON.stringify(relay.url)});
    socket.subscribe();
    for (let part = ''; part.length < 100_000; ) {
      [part] = await socket.receive();
      console.log(part.length < 100_000 ? 'subscribed' : 'got one');
    }`;
  const stuck = spawn(process.execPath, ['--input-type=module', '-e', script, '--'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void stuck.kill('SIGKILL'));
  let said = '';
  stuck.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await connected(relay, 1);
  // Who has connected may not have subscribed yet.
  let first = 0;
  for (; said === ''; first++) {
    relay.pass([Buffer.from('first')]);
    await sleep(20);
  }
  stuck.kill('SIGSTOP');
  const reader = consume(relay.url, (part) => (part.length < 100 ? hex(part) : ''));
  await connected(relay, 2);
  const probes = await subscribed((probe) => relay.pass([probe]), [reader]);
  const messages = 3_000;
  for (let i = 0; i < messages; i += 250) {
    for (let j = 0; j < 250; j++) relay.pass([Buffer.alloc(100_000, i)]);
    await until(() => reader.got.length === i + 250, 5);
  }
  expect(relay.counts()).toEqual({ messages: first + probes + messages, connections: 2 });
  // 300 MB went by, and 1,000 messages of 100 kB may wait.
  collectGarbage();
  await sleep(200);
  collectGarbage();
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(200_000_000);
  expect(relay.counts().connections).toBe(2);
  stuck.kill('SIGCONT');
  await until(() => said.includes('got one'));
}, 60_000);

test('the daemon passes on what it refuses, too, byte for byte, and tells how much', async () => {
  const { program, relay } = await startLiveDaemonBy(startHere, {
    config: { relay_bind: 'tcp://127.0.0.1:*', http_listen: '127.0.0.1:0' },
  });
  const { url } = (await program.logged(/is passed on at tcp/)) as unknown as { url: string };
  const http = String((await program.logged(/^http: http/)).url);
  const consumer = consume(url);
  const relayOf = async () =>
    (JSON.parse((await ask(`${http}/status`)).bytes.toString()) as { relay: unknown }).relay;
  const probes = await subscribed((probe) => relay.publish(probe), [consumer]);
  const sent = [frame(commodityMessage()), Buffer.from('no zlib'), frame({ $schemaRef: 'another' })];
  for (const each of sent) await relay.publish(each);
  await until(() => consumer.got.length === sent.length);
  expect(consumer.got).toEqual(sent.map((each) => [Buffer.from(each).toString('hex')]));
  expect(await relayOf()).toEqual({ messages: probes + 3, connections: 1 });
  const metrics = (await ask(`${http}/metrics`)).bytes.toString();
  expect(metrics).toMatch(new RegExp(`^tdl_relay_messages_total ${probes + 3}$`, 'm'));
  expect(metrics).toMatch(/^tdl_relay_connections 1$/m);
  // A second daemon cannot have the same address.
  const cwd = tempDir();
  writeConfig(cwd, { relay_bind: url });
  const { code, stderr } = await runHere({ cwd });
  expect(code).toBe(2);
  expect(stderr.trim()).toMatch(
    /^the messages cannot be passed on at tcp:.*: another program listens there.*relay_bind/,
  );
  expect(stderr.trim().split('\n')).toHaveLength(1);
  // A daemon behind it is fed as by EDDN itself.
  const behind = await startLiveDaemonBy(startHere, { url, early: true });
  await until(async () => JSON.stringify(await relayOf()).endsWith('"connections":2}'), 10);
  const message = commodityMessage({ systemName: 'Sol', stationName: 'Later', marketId: 3_700_000_077 });
  await until(async () => {
    await relay.publish(frame(message));
    return behind.markets().includes(3_700_000_077);
  }, 100);
}, 60_000);
