import { expect, onTestFinished, test, vi } from 'vitest';
import { createActor } from 'xstate';
import { feedLogic } from '../../src/actors/listener/feed.ts';
import type { Feed, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { createDecoder, type DecoderOptions } from '../../src/infra/feed/decoder.ts';
import { createZmqFeed } from '../../src/infra/feed/zmq-feed.ts';
import { listenerMachine } from '../../src/machines/market/listener.machine.ts';
import { commodityMessage, frame, testCatalogue, testRules } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';

const FAULTY_WORKER = new URL('../support/fixtures/faulty-decode-worker.ts', import.meta.url);

/** The real listener, feed and decoder, less patient than in the daemon. */
async function listen({
  silenceMs = 60_000,
  decoder: options = {} as DecoderOptions,
  feed: own = null as Feed | null,
}) {
  const relay = await startRelay();
  const decoder = createDecoder(options);
  const batches: StagedBatch[] = [];
  const failures: number[] = [];
  const feed = feedLogic({
    feed: own ?? createZmqFeed(relay.url),
    decoder,
    rules: () => testRules(),
    catalogue: () => testCatalogue(),
    catalogueReady: Promise.resolve(),
    deliver: (batch) => batches.push(batch),
    reportDecodeFailure: (_, messages) => failures.push(messages),
  });
  const listener = createActor(listenerMachine.provide({ actors: { feed } }), {
    input: {
      finite: false,
      silenceMs,
      connectMs: 10_000,
      backoff: { minMs: 10, capMs: 20 },
      random: Math.random,
    },
  }).start();
  onTestFinished(async () => {
    listener.stop();
    relay.close();
    await decoder.close();
  });
  if (own === null) await relay.waitForSubscribers();
  return { relay, listener, batches, failures };
}

test('a relay that sends nothing is left and taken up again, until it is heard', async () => {
  const { relay, listener, batches } = await listen({ silenceMs: 300 });
  const context = () => listener.getSnapshot().context;
  await vi.waitUntil(() => context().gaps >= 3, { timeout: 60_000 });
  expect(context().attempt).toBeGreaterThanOrEqual(3);
  await vi.waitUntil(
    async () => {
      await relay.publish(frame(commodityMessage()));
      return batches.length > 0 && context().attempt === 0;
    },
    { timeout: 60_000, interval: 50 },
  );
});

test('a thread that hangs costs its batch, which is counted, and not the next one', async () => {
  const { relay, batches, failures } = await listen({ decoder: { worker: FAULTY_WORKER, timeoutMs: 2_000 } });
  await relay.publish(Buffer.from('hang'));
  await vi.waitUntil(() => batches.length === 1, { timeout: 60_000 });
  expect(failures).toEqual([1]);
  expect(batches[0]?.rejected).toEqual({ 'decoder failed': 1 });
  await relay.publish(Buffer.from('anything'));
  await vi.waitUntil(() => batches.length === 2, { timeout: 60_000 });
  expect(batches[1]).toMatchObject({ received: 1 });
});

test.each(['hang', 'exit', 'throw'])(
  'a message that makes the thread %s costs none of those beside it, nor those of the next batch',
  async (command) => {
    const texts = ['a', 'b', command, 'c', 'd', command, 'e'];
    const feed: Feed = {
      description: 'two batches at once',
      finite: false,
      close: () => undefined,
      read: async (handlers) => {
        for (const batch of [texts, ['f', 'g']])
          await handlers.onBatch({
            encoding: 'zlib',
            frames: batch.map((text) => Buffer.from(text)),
            receivedAtMs: 0,
          });
        await new Promise(() => undefined);
      },
    };
    const { batches, failures } = await listen({
      // A new thread takes seconds to start on a busy machine.
      decoder: { worker: FAULTY_WORKER, timeoutMs: command === 'hang' ? 4_000 : 60_000 },
      feed,
    });
    const received = () => batches.reduce((sum, batch) => sum + batch.received, 0);
    await vi.waitUntil(() => received() === 9, { timeout: 120_000 });
    expect(failures).toEqual([2]);
    expect(batches.map(({ rejected }) => rejected).filter(Boolean)).toEqual([{ 'decoder failed': 2 }]);
  },
);
