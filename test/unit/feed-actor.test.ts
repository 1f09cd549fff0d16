import { createActor, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { feedLogic } from '../../src/actors/listener/feed.ts';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import type { FeedHandlers, FrameBatch, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { settled } from '../support/virtual-time.ts';

const batchOf = (...frames: number[]): FrameBatch => ({
  encoding: 'json',
  frames: frames.map((frame) => Uint8Array.of(frame)),
  receivedAtMs: 0,
});
const staged = (frames: readonly Uint8Array[], more: Partial<StagedBatch> = {}): StagedBatch => ({
  ...new BatchStager(null).finish(),
  received: frames.length,
  samples: [{ reason: 'frames', detail: frames.map(([frame]) => frame).join() }],
  ...more,
});

/** A feed that is read by hand; a decoder that stages by the numbers of frames. */
function feedOf(
  decode: (batch: FrameBatch) => Promise<StagedBatch> = ({ frames }) => Promise.resolve(staged(frames)),
) {
  const reading = Promise.withResolvers<undefined>();
  const told: { type: string; error?: string }[] = [];
  const delivered: StagedBatch[] = [];
  const failures: unknown[] = [];
  const catalogueReady = Promise.withResolvers<undefined>();
  const state = { catalogue: null as { version: number } | null, closed: 0 };
  let handlers: FeedHandlers | undefined;
  const logic = feedLogic({
    feed: {
      description: 'feed',
      finite: false,
      read: async (given) => {
        handlers = given;
        await reading.promise;
      },
      close: () => {
        state.closed++;
        reading.resolve(undefined);
      },
    },
    decoder: { decode } as never,
    rules: () => ({}) as never,
    catalogue: () => state.catalogue as never,
    catalogueReady: catalogueReady.promise,
    deliver: (batch) => delivered.push(batch),
    reportDecodeFailure: (error, messages) => failures.push([error, messages]),
  });
  const actor = createActor(
    setup({ actors: { feed: logic } }).createMachine({
      invoke: { src: 'feed', id: 'feed' },
      on: { '*': { actions: ({ event }) => void told.push(event) } },
    }),
  ).start();
  return {
    ...{ actor, told, delivered, failures, reading, state },
    order: () => delivered.map(({ samples: [sample] }) => sample?.detail),
    begin: async (): Promise<void> => {
      catalogueReady.resolve(undefined);
      await settled();
    },
    isReading: () => handlers !== undefined,
    connect: () => handlers?.onConnected(),
    /** @returns whether the feed may go on */
    receive: async (...frames: number[]): Promise<{ mayGoOn: boolean }> => {
      const now = { mayGoOn: false };
      void handlers!.onBatch(batchOf(...frames)).then(() => (now.mayGoOn = true));
      await settled();
      return now;
    },
    tell: async (type: string): Promise<void> => {
      actor.getSnapshot().children.feed!.send({ type } as never);
      await settled();
    },
  };
}

describe('reading', () => {
  test('begins when the catalogue has been looked for', async () => {
    const { begin, connect, isReading, told } = feedOf();
    await settled();
    expect(isReading()).toBe(false);
    await begin();
    expect(isReading()).toBe(true);
    connect();
    expect(told).toEqual([{ type: 'feed.connected' }]);
  });

  test('says of each batch that the feed is heard, and delivers them as they arrived', async () => {
    const first = Promise.withResolvers<StagedBatch>();
    const { begin, order, receive, told } = feedOf(({ frames }) =>
      frames[0]![0] === 1 ? first.promise : Promise.resolve(staged(frames)),
    );
    await begin();
    await receive(1);
    await receive(2);
    expect(told.map(({ type }) => type)).toEqual(['feed.heard', 'feed.heard']);
    expect(order()).toEqual([]);
    first.resolve(staged([Uint8Array.of(1)]));
    await settled();
    expect(order()).toEqual(['1', '2']);
  });

  test('waits while three batches are being staged', async () => {
    const open: (() => void)[] = [];
    const { begin, receive } = feedOf(
      ({ frames }) => new Promise((resolve) => open.push(() => resolve(staged(frames)))),
    );
    await begin();
    const batches = [await receive(1), await receive(2), await receive(3)];
    expect(batches).toEqual([{ mayGoOn: true }, { mayGoOn: true }, { mayGoOn: false }]);
    open[0]?.();
    await settled();
    expect(batches[2]).toEqual({ mayGoOn: true });
    // Those that are staged do not count any more.
    open[1]?.();
    open[2]?.();
    await settled();
    expect([await receive(4), await receive(5), await receive(6)].map(({ mayGoOn }) => mayGoOn)).toEqual([
      ...[true, true, false],
    ]);
  });

  test('waits while it is paused, however often it was told so', async () => {
    const { begin, order, receive, state, tell } = feedOf();
    await begin();
    await tell('flow.pause');
    await tell('flow.pause');
    const batch = await receive(1);
    expect(order()).toEqual(['1']);
    expect(batch.mayGoOn).toBe(false);
    await tell('flow.resume');
    expect(batch.mayGoOn).toBe(true);
    expect((await receive(2)).mayGoOn).toBe(true);
    expect(state.closed).toBe(0);
  });

  test('stages again what was staged before the first catalogue came', async () => {
    const { begin, delivered, receive, state } = feedOf(({ frames }) => {
      const before = state.catalogue;
      state.catalogue = { version: 1 };
      return Promise.resolve(staged(frames, before === null ? { unresolved: [{} as never] } : {}));
    });
    await begin();
    await receive(1);
    expect(delivered.map(({ unresolved }) => unresolved)).toEqual([[]]);
  });

  test('stages all again where one of its messages was staged without a catalogue', async () => {
    const { begin, delivered, receive, state } = feedOf(({ frames }) => {
      const [frame] = frames[0]!;
      if (frames.length > 1 && state.catalogue === null) return Promise.reject(new Error('busy'));
      const isUnresolved = state.catalogue === null && frame === 1;
      if (frame === 2) state.catalogue = { version: 1 };
      return Promise.resolve(staged(frames, isUnresolved ? { unresolved: [{} as never] } : {}));
    });
    await begin();
    await receive(1, 2);
    expect(delivered.map(({ received, unresolved }) => [received, unresolved.length])).toEqual([[2, 0]]);
  });

  test('delivers what is not resolved where there is no catalogue', async () => {
    const { begin, delivered, receive } = feedOf(({ frames }) =>
      Promise.resolve(staged(frames, { unresolved: [{} as never] })),
    );
    await begin();
    await receive(1);
    expect(delivered.map(({ unresolved }) => unresolved.length)).toEqual([1]);
  });
});

describe('a batch that a worker fails on', () => {
  test('costs only the messages that it fails on again: they are told, and counted', async () => {
    const { begin, delivered, failures, order, receive } = feedOf(({ frames }) =>
      frames.length > 1 || frames[0]![0]! % 2 === 1
        ? Promise.reject(new Error(`broken at ${frames.length}`))
        : Promise.resolve(staged(frames)),
    );
    await begin();
    await receive(1, 2, 3, 4);
    expect(order()).toEqual(['2', '4', undefined]);
    expect(failures).toEqual([['broken at 1', 2]]);
    expect(delivered.at(-1)).toMatchObject({ received: 2, rejected: { 'decoder failed': 2 } });
  });

  test('costs none where each works by itself', async () => {
    const { begin, failures, order, receive } = feedOf(({ frames }) =>
      frames.length > 1 ? Promise.reject(new Error('busy')) : Promise.resolve(staged(frames)),
    );
    await begin();
    await receive(1, 2);
    expect(order()).toEqual(['1', '2']);
    expect(failures).toEqual([]);
  });
});

describe('the end', () => {
  test.each([
    ['that has ended', 'feed.ended'],
    ['that was stopped', 'feed.closed'],
  ])('of a feed %s is told when all that was read is delivered', async (_, type) => {
    const open: (() => void)[] = [];
    const { begin, order, reading, receive, state, tell, told } = feedOf(
      ({ frames }) => new Promise((resolve) => open.push(() => resolve(staged(frames)))),
    );
    await begin();
    await receive(1);
    if (type === 'feed.closed') {
      await tell('stop');
      expect(state.closed).toBe(1);
    } else reading.resolve(undefined);
    await settled();
    expect(told.map((event) => event.type)).toEqual(['feed.heard']);
    open[0]?.();
    await settled();
    await settled();
    expect(order()).toEqual(['1']);
    expect(told.at(-1)).toEqual({ type });
  });

  test('of one that fails says why, after what was read', async () => {
    const { begin, order, reading, receive, told } = feedOf();
    await begin();
    await receive(1);
    reading.reject(new Error('unplugged'));
    await settled();
    expect(order()).toEqual(['1']);
    expect(told.at(-1)).toEqual({ type: 'feed.failed', error: 'unplugged' });
  });

  test('lets a feed go on that is paused, or it would never end', async () => {
    const { begin, receive, tell } = feedOf();
    await begin();
    await tell('flow.pause');
    const batch = await receive(1);
    await tell('stop');
    expect(batch.mayGoOn).toBe(true);
  });

  test('before the catalogue was looked for reads nothing', async () => {
    const { begin, isReading, tell, told } = feedOf();
    await tell('stop');
    await begin();
    expect(isReading()).toBe(false);
    expect(told).toEqual([{ type: 'feed.closed' }]);
  });

  test('does not wait for the catalogue', async () => {
    const { tell, told } = feedOf();
    await tell('stop');
    await settled();
    expect(told).toEqual([{ type: 'feed.closed' }]);
  });

  test.each(['ends', 'fails'])('is told to nobody who reads no more when the feed %s', async (how) => {
    const reads = Promise.withResolvers<undefined>();
    const told: string[] = [];
    const logic = feedLogic({
      feed: { description: 'feed', finite: false, read: () => reads.promise, close: () => undefined },
      catalogueReady: Promise.resolve(),
    } as unknown as Parameters<typeof feedLogic>[0]);
    const parent = createActor(
      setup({ actors: { feed: logic } }).createMachine({
        initial: 'reading',
        states: { reading: { invoke: { src: 'feed', id: 'feed' }, on: { leave: 'left' } }, left: {} },
        on: { '*': { actions: ({ event }) => void told.push(event.type) } },
      }),
    ).start();
    await settled();
    parent.send({ type: 'leave' });
    if (how === 'ends') reads.resolve(undefined);
    else reads.reject(new Error('unplugged'));
    await settled();
    expect(told).toEqual([]);
  });

  test('of who reads it closes the feed, and nothing is told any more', async () => {
    const { actor, begin, receive, state, tell, told } = feedOf();
    await begin();
    await tell('flow.pause');
    const batch = await receive(1);
    actor.stop();
    await settled();
    expect(state.closed).toBe(1);
    expect(batch.mayGoOn).toBe(true);
    expect(told.map(({ type }) => type)).toEqual(['feed.heard']);
  });
});
