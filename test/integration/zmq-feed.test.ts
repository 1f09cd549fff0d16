import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { Feed, FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { createZmqFeed } from '../../src/infra/feed/zmq-feed.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';

async function relay(): Promise<Relay> {
  const started = await startRelay();
  onTestFinished(() => started.close());
  return started;
}

function feedOf(url: string): Feed {
  const feed = createZmqFeed(url);
  onTestFinished(() => feed.close());
  return feed;
}

/** Reads in the background and keeps what arrived. */
function reading(feed: Feed, onBatch: (batch: FrameBatch) => Promise<void> = () => Promise.resolve()) {
  const texts: string[] = [];
  const batches: FrameBatch[] = [];
  const onConnected = vi.fn();
  const ended = feed.read({
    onConnected,
    onBatch: async (batch) => {
      batches.push(batch);
      texts.push(...batch.frames.map((bytes) => Buffer.from(bytes).toString()));
      await onBatch(batch);
    },
  });
  return { texts, batches, onConnected, ended };
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 60_000, interval: 5 });

test('delivers every message in order', async () => {
  const source = await relay();
  const { texts, batches } = reading(feedOf(source.url));
  await source.waitForSubscribers();
  const sent = Array.from({ length: 2_000 }, (_, i) => `message ${i}`);
  for (const text of sent) await source.publish(Buffer.from(text));
  await until(() => expect(texts).toEqual(sent));
  expect(batches.every(({ frames, encoding }) => frames.length <= 256 && encoding === 'zlib')).toBe(true);
});

test('a relay of this machine may be a path', async () => {
  const source = await startRelay(`ipc://${tempDir()}/relay`);
  onTestFinished(() => source.close());
  const { texts, onConnected } = reading(feedOf(source.url));
  await source.waitForSubscribers();
  await source.publish(Buffer.from('a message'));
  await until(() => expect(texts).toEqual(['a message']));
  expect(onConnected).toHaveBeenCalledOnce();
});

test('says once that it is connected, before the first batch', async () => {
  const source = await relay();
  const calls: string[] = [];
  const feed = feedOf(source.url);
  const ended = feed.read({
    onConnected: () => calls.push('connected'),
    onBatch: () => Promise.resolve(void calls.push('batch')),
  });
  await source.waitForSubscribers();
  await source.publish(Buffer.from('a'));
  await until(() => expect(calls).toEqual(['connected', 'batch']));
  feed.close();
  await ended;
});

test('a server that does not speak ZeroMQ is no connection', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // The other side hangs up.
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(4));
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const feed = feedOf(`tcp://127.0.0.1:${port}`);
  const { onConnected, ended } = reading(feed);
  await once(server, 'connection');
  await once(server, 'connection');
  expect(onConnected).not.toHaveBeenCalled();
  feed.close();
  await ended;
});

test('waits for a batch to be taken, and loses nothing that fits its queue', async () => {
  const source = await relay();
  const gate = Promise.withResolvers<undefined>();
  const { texts, batches } = reading(feedOf(source.url), () => gate.promise);
  await source.waitForSubscribers();
  for (let i = 0; i < 1_000; i++) await source.publish(Buffer.from(`${i}`));
  await until(() => expect(batches.length).toBe(1));
  await sleep(50);
  expect(batches.length).toBe(1);
  gate.resolve(undefined);
  await until(() => expect(texts.length).toBe(1_000));
  expect(batches.length).toBeLessThan(10);
});

test('of a message in several parts the first counts', async () => {
  const source = await relay();
  const { texts } = reading(feedOf(source.url));
  await source.waitForSubscribers();
  await source.publish([Buffer.from('body'), Buffer.from('more'), Buffer.alloc(0)]);
  await source.publish(Buffer.alloc(0));
  await source.publish(Buffer.from('next'));
  await until(() => expect(texts).toEqual(['body', '', 'next']));
});

test('a message beyond the limit does not arrive and ends the read; a new one goes on after it', async () => {
  const source = await relay();
  const feed = feedOf(source.url);
  const first = reading(feed);
  const ended = expect(first.ended).rejects.toThrow(/more than 16 MiB/);
  await source.waitForSubscribers();
  await source.publish(Buffer.alloc(16 * 1024 * 1024 + 1));
  await ended;
  const second = reading(feed);
  await source.waitForSubscribers();
  await source.publish(Buffer.from('small'));
  await until(() => expect(second.texts).toEqual(['small']));
  expect(first.texts).toEqual([]);
});

test('finds a relay again that was restarted', async () => {
  const source = await relay();
  const { texts, onConnected } = reading(feedOf(source.url));
  await source.waitForSubscribers();
  await source.restart();
  await source.waitForSubscribers();
  await source.publish(Buffer.from('again'));
  await until(() => expect(texts).toEqual(['again']));
  expect(onConnected).toHaveBeenCalledOnce();
});

test('waits for a relay that went away, for as long as it takes', async () => {
  const source = await relay();
  const { texts } = reading(feedOf(source.url));
  await source.waitForSubscribers();
  source.close();
  // Longer than it waits for the word of why it was hung up on.
  await sleep(1_200);
  await source.restart();
  await source.waitForSubscribers();
  await source.publish(Buffer.from('back'));
  await until(() => expect(texts).toEqual(['back']));
});

test('finds a relay that starts later', async () => {
  const source = await relay();
  source.close();
  const { texts } = reading(feedOf(source.url));
  await source.restart();
  await source.waitForSubscribers();
  await source.publish(Buffer.from('late'));
  await until(() => expect(texts).toEqual(['late']));
});

test('closing ends the read, and reading again works', async () => {
  const source = await relay();
  const feed = feedOf(source.url);
  const first = reading(feed);
  await source.waitForSubscribers();
  feed.close();
  feed.close();
  await first.ended;
  await source.waitForSubscribers(0);
  const second = reading(feed);
  await until(() => expect(second.onConnected).toHaveBeenCalled());
  await source.waitForSubscribers();
  await source.publish(Buffer.from('x'));
  await until(() => expect(second.texts).toEqual(['x']));
  expect(first.texts).toEqual([]);
});

test('reading again ends the read before it', async () => {
  const source = await relay();
  const feed = feedOf(source.url);
  const first = reading(feed);
  const second = reading(feed);
  await first.ended;
  await until(() => expect(second.onConnected).toHaveBeenCalled());
});

test('closing while a batch is being taken ends the read', async () => {
  const source = await relay();
  const feed = feedOf(source.url);
  const gate = Promise.withResolvers<undefined>();
  const { batches, ended } = reading(feed, () => gate.promise);
  await source.waitForSubscribers();
  await source.publish(Buffer.from('a'));
  await until(() => expect(batches.length).toBe(1));
  feed.close();
  gate.resolve(undefined);
  await ended;
});

test('an error of the receiver ends the read with it', async () => {
  const source = await relay();
  const feed = feedOf(source.url);
  const { ended } = reading(feed, () => Promise.reject(new Error('no')));
  const failed = expect(ended).rejects.toThrow('no');
  await source.waitForSubscribers();
  await source.publish(Buffer.from('a'));
  await failed;
});

test.each(['eddn.edcd.io:9500', 'tcp://nohost', 'http://eddn.edcd.io', 'inproc://x', ''])(
  'the address "%s" is refused with advice',
  async (url) => {
    const error = await feedOf(url)
      .read({ onConnected: () => undefined, onBatch: () => Promise.resolve() })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ message: expect.stringContaining(`"${url}"`) });
    expect(error).toMatchObject({ advice: expect.stringContaining('tcp://HOST:PORT') });
  },
);
