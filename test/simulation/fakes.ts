import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import type { SystemPorts } from '../../src/actors/child.ts';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { CommoditySource } from '../../src/domain/ports/galaxy/commodity-source.ts';
import type { Decoder, Feed, FeedHandlers, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import type { Log } from '../../src/domain/ports/log.ts';
import type { Spool } from '../../src/domain/ports/market/spool.ts';
import type { UnresolvedSnapshot } from '../../src/domain/market/snapshot.ts';
import { createMemorySpool } from '../support/memory-spool.ts';
import type { ProcessTime } from '../support/virtual-time.ts';
import { decodeFrames, frameOf, snapshotOf, unresolvedOf } from './frames.ts';
import type { Message, Visit } from './messages.ts';
import type { World } from './world.ts';

/** ZeroMQ keeps so many frames for a slow reader, then drops. */
const HIGH_WATER = 500;

/** The relay as this process reads it: what comes while nobody reads is gone. */
export function createFakeFeed(world: World, time: ProcessTime): Feed & { readonly open: boolean } {
  let end: (() => void) | null = null;

  const read = (handlers: FeedHandlers) =>
    new Promise<void>((resolve, reject) => {
      feed.close();
      const frames: Uint8Array[] = [];
      let reading = false;
      let closed = false;
      const finish = (settle: () => void) => {
        if (closed) return;
        closed = true;
        end = null;
        world.connect(null);
        settle();
      };
      end = () => finish(resolve);

      const drain = async () => {
        reading = true;
        await time.after(world.random.between(5, 50));
        while (frames.length > 0 && !closed) {
          const batch = frames.splice(0, 256);
          await handlers.onBatch({ encoding: 'zlib', frames: batch, receivedAtMs: time.now() });
        }
        reading = false;
      };
      const receive = (message: Message | Visit) => {
        if (world.suffers('relay fails')) {
          finish(() => reject(new AppError('feed', 'the relay broke the connection')));
          return;
        }
        if (frames.length < HIGH_WATER) frames.push(frameOf(message));
        if (!reading) void drain();
      };
      const connect = async () => {
        await time.after(world.random.between(10, 300));
        if (closed || world.suffers('relay refuses')) return;
        if (world.suffers('relay fails')) finish(() => reject(new AppError('feed', 'no route to the relay')));
        else {
          world.connect(receive);
          handlers.onConnected();
        }
      };
      void connect();
    });

  const feed = {
    description: 'simulated relay',
    finite: false,
    read,
    close: () => end?.(),
    get open() {
      return end !== null;
    },
  };
  return feed;
}

/** Looks messages up instead of inflating and parsing them. */
export function createFakeDecoder(world: World, time: ProcessTime): Decoder {
  const closing = new AbortController();
  const work = async <T>(make: () => T): Promise<T> => {
    closing.signal.throwIfAborted();
    const slow = world.suffers('decoder slow');
    await time.after(slow ? world.random.between(100, 8_000) : world.random.between(1, 20), closing.signal);
    if (world.suffers('decoder crashes') && world.random.chance(0.5)) throw new Error('the worker ended');
    return make();
  };
  const staged = (received: number, parts: Partial<StagedBatch>): StagedBatch => ({
    ...new BatchStager(null).finish(),
    ...{ received, newestGatewayS: world.nowS, ...parts },
  });

  return {
    decode: ({ frames, receivedAtMs }, catalogue) =>
      work(() => {
        const { messages, records } = decodeFrames(world, frames);
        return staged(frames.length, {
          ...{ records, learned: records.length },
          ...(catalogue === null
            ? { unresolved: messages.map((each) => unresolvedOf(each, receivedAtMs)) }
            : { snapshots: messages.map((each) => snapshotOf(each, receivedAtMs)) }),
        });
      }),
    resolve: (entries) =>
      work(() => {
        const resolve = (entry: UnresolvedSnapshot) =>
          snapshotOf(world.messages[Number(entry.message)]!, entry.receivedAtMs);
        return staged(entries.length, { snapshots: entries.map(resolve) });
      }),
    close: () => {
      closing.abort(new Error('the decoder was closed'));
      return Promise.resolve();
    },
  };
}

/** The world's spool disk, one transaction after the other. */
export function createFakeSpool(world: World, time: ProcessTime): Spool {
  const { random } = world;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const transact = async <T>(work: () => T): Promise<T> => {
    const takesMs = world.suffers('spool slow') ? random.between(20, 1_500) : random.between(0.2, 8);
    // Killed in the first half it has not happened, in the second half it has.
    await time.after(takesMs / 2);
    if (world.suffers('spool full')) throw new AppError('spoolFull', 'no space left for the spool');
    const result = work();
    world.onMoment('spooled');
    await time.after(takesMs / 2);
    return result;
  };
  const run = <T>(work: () => T): Promise<T> => {
    if (closed) world.violated('the spool was used after it was closed');
    const result = last.then(() => transact(work));
    last = result.catch(() => undefined);
    return result;
  };
  const spool = createMemorySpool(world.spoolDisk, world.scenario.parkedMax, run);
  return {
    ...spool,
    close: async () => {
      closed = true;
      await last;
    },
  };
}

const COMMODITIES: readonly Commodity[] = [
  { id: 1, symbol: 'gold', category: 'Metals', name: 'Gold', rare: false },
];

export function createFakeCommodities(world: World, time: ProcessTime): CommoditySource {
  return {
    async readCached() {
      await time.after(world.random.between(1, 30));
      return world.commoditiesCached ? COMMODITIES : null;
    },
    // What is known then is not whole: rows would be left out, and a world counts every row.
    builtIn: () => Promise.resolve(null),
    async refresh(signal) {
      await time.after(world.random.between(50, 5_000), signal);
      if (world.suffers('source unreachable')) throw new AppError('edcd', 'the source cannot be reached');
      const changed = !world.commoditiesCached;
      world.commoditiesCached = true;
      return { commodities: COMMODITIES, changed };
    },
  };
}

/** Where the listing is published: whole or not at all, and only what the store really had. */
export function createFakeListing(
  world: World,
  time: ProcessTime,
): SystemPorts['liveListing'] & { readonly staged: number } {
  let open = 0;
  return {
    get staged() {
      return open;
    },
    async stageFile(produce, signal) {
      let content = '';
      open += 1;
      try {
        const result = await produce(async (chunk) => {
          await time.after(1);
          if (world.suffers('export disk full')) throw new AppError('full', 'no space left for the export');
          content += new TextDecoder().decode(chunk);
        });
        signal.throwIfAborted();
        return {
          result,
          async commit() {
            open -= 1;
            await time.after(5);
            if (world.suffers('export disk full')) throw new AppError('full', 'no space left for the export');
            if (!world.exportReads.slice(-3).includes(content)) world.violated('published what no read gave');
            const changed = world.publishedListing !== content;
            world.publishedListing = content;
            world.note(`published ${content.length} bytes`);
            return { bytes: content.length, changed };
          },
          discard() {
            open -= 1;
            return Promise.resolve();
          },
        };
      } catch (error) {
        open -= 1;
        throw error;
      }
    },
  };
}

/** What machines tell the operator; a throw there crashes the machine, which its guardian has to mend. */
const TOLD_BY_MACHINES = /^(database (not )?available|feed |catalogue: |listings-live|deltas: |Spansh)/;

export function createFakeLog(world: World): Log {
  const tell = (_: unknown, text: string) => {
    world.note(text);
    if (TOLD_BY_MACHINES.test(text) && world.suffers('log throws') && world.random.chance(0.5)) {
      throw new Error('the log is broken');
    }
  };
  return { debug: tell, info: tell, warn: tell, error: tell };
}
