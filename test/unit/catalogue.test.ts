import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../src/actors/catalogue/child.ts';
import { CatalogueHolder } from '../../src/actors/catalogue/holder.ts';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { CommoditySource } from '../../src/domain/ports/galaxy/commodity-source.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

const goods = (count: number) => Array.from({ length: count }, (_, id) => ({ id }) as unknown as Commodity);
const unreachable = () => Promise.reject(new Error('unreachable'));

/** What is parked, and what becomes of it. */
interface Waiting {
  /** Markets whose systems were unknown, by system. */
  readonly parked?: Readonly<Record<string, readonly number[]>>;
  readonly known?: readonly string[];
  /** Markets that wait for a catalogue. */
  readonly unresolved?: readonly { readonly marketId: number; readonly bytes: number }[];
}

function catalogueOf(
  source: Partial<CommoditySource>,
  { parked = {}, known = [], unresolved = [] }: Waiting = {},
) {
  const holder = new CatalogueHolder();
  const notes: string[] = [];
  void holder.loaded.then(() => notes.push('loaded'));
  void holder.refreshed.then(() => notes.push('refreshed'));
  void holder.released.then(() => notes.push('released'));
  const sizes = new Map(unresolved.map(({ marketId, bytes }) => [marketId, bytes]));
  const released: (readonly number[])[] = [];
  const restaged: unknown[] = [];
  const pool = {
    liveCount: 0,
    sync: () => Promise.resolve(),
    release: (marketIds: readonly number[]) => {
      released.push(marketIds);
      return Promise.resolve(marketIds.filter((id) => sizes.has(id)));
    },
    restage: (entries: unknown, staged: unknown) => restaged.push([entries, staged]),
  };
  const world = childWorld(createCatalogue, {
    ...{ catalogue: holder, pool },
    commodities: {
      readCached: () => Promise.resolve(null),
      builtIn: () => Promise.resolve(null),
      refresh: () => Promise.resolve({ commodities: goods(3), changed: true }),
      ...source,
    },
    spool: {
      parkedSystems: () => Promise.resolve(Object.keys(parked)),
      parkedIn: (names: readonly string[]) => Promise.resolve(names.flatMap((name) => parked[name] ?? [])),
      parkedUnresolved: () => Promise.resolve(unresolved),
    },
    store: {
      knownSystems: (names: readonly string[]) => {
        if (names.length === 0) throw new Error('the database is asked for nothing');
        return Promise.resolve(new Set(names.filter((name) => known.includes(name))));
      },
    },
    decoder: {
      resolve: (entries: readonly number[], { version }: { version: number }) =>
        Promise.resolve(`${entries.length} on ${version}`),
    },
  });
  return { ...world, holder, notes, pool, released, restaged };
}

describe('which goods are known', () => {
  test('those of the source are; the cache serves until it has answered', async () => {
    const answer = Promise.withResolvers<{ commodities: readonly Commodity[]; changed: boolean }>();
    const { holder, lines, notes, start } = catalogueOf({
      readCached: () => Promise.resolve(goods(2)),
      refresh: () => answer.promise,
    });
    await start();
    expect(holder.current).toEqual({ version: 1, commodities: goods(2) });
    expect(notes).toContain('loaded');
    expect(notes).not.toContain('refreshed');
    answer.resolve({ commodities: goods(3), changed: true });
    await settled();
    expect(holder.current).toEqual({ version: 2, commodities: goods(3) });
    expect(notes).toContain('refreshed');
    expect(lines).toEqual([['info', 'catalogue: 3 commodities', { commodities: 3 }]]);
  });

  test('who wishes it while the source is being asked has it asked again after that', async () => {
    const answers: PromiseWithResolvers<{ commodities: readonly Commodity[]; changed: boolean }>[] = [];
    const { start, send } = catalogueOf({
      refresh: () => {
        const asked = Promise.withResolvers<{ commodities: readonly Commodity[]; changed: boolean }>();
        answers.push(asked);
        return asked.promise;
      },
    });
    await start();
    await send('catalogue.refresh');
    expect(answers).toHaveLength(1);
    for (const times of [1, 2]) {
      answers[times - 1]!.resolve({ commodities: goods(times), changed: true });
      await settled();
      expect(answers, 'once for one wish').toHaveLength(2);
    }
  });

  test('a source that says the same again leaves them as they are', async () => {
    const { holder, start } = catalogueOf({
      readCached: () => Promise.resolve(goods(2)),
      refresh: () => Promise.resolve({ commodities: goods(2), changed: false }),
    });
    await start();
    expect(holder.current?.version).toBe(1);
  });

  test('the first answer counts, changed or not, where the cache is lost', async () => {
    const { holder, start } = catalogueOf({
      refresh: () => Promise.resolve({ commodities: goods(2), changed: false }),
    });
    await start();
    expect(holder.current?.commodities).toHaveLength(2);
  });

  test('a source that cannot be reached leaves what is cached, and is told of once', async () => {
    const { holder, lines, notes, start, time } = catalogueOf({
      readCached: () => Promise.resolve(goods(2)),
      builtIn: () => Promise.resolve(goods(9)),
      refresh: unreachable,
    });
    await start();
    await time.advance(60_000);
    expect(holder.current?.commodities).toHaveLength(2);
    expect(notes).toEqual(expect.arrayContaining(['loaded', 'refreshed', 'released']));
    expect(lines).toEqual([
      [
        'info',
        'catalogue: 2 commodities, as known before; source not reached: unreachable',
        { error: 'unreachable' },
      ],
    ]);
  });

  test('what ships with the program serves where neither is there', async () => {
    const { holder, start, texts } = catalogueOf({
      builtIn: () => Promise.resolve(goods(9)),
      refresh: unreachable,
    });
    await start();
    expect(holder.current?.commodities).toHaveLength(9);
    expect(texts()).toEqual([
      'info catalogue: 9 commodities, as known before; source not reached: unreachable',
    ]);
  });

  test('without any, snapshots are parked, which the operator hears', async () => {
    const { holder, lines, notes, start } = catalogueOf({ refresh: unreachable });
    await start();
    expect(holder.current).toBe(null);
    expect(notes).toEqual(expect.arrayContaining(['loaded', 'refreshed', 'released']));
    expect(lines).toEqual([
      [
        'warn',
        'catalogue: none yet, snapshots are parked until it can be fetched: unreachable',
        { error: 'unreachable' },
      ],
    ]);
  });

  test('trouble after it was over is told again', async () => {
    let isDown = true;
    const { start, texts, time } = catalogueOf({
      refresh: () => (isDown ? unreachable() : Promise.resolve({ commodities: goods(3), changed: true })),
    });
    await start();
    isDown = false;
    await time.advance(60_000);
    isDown = true;
    await time.advance(25 * 3_600_000);
    expect(texts().map((text) => text.slice(0, 25))).toEqual([
      'warn catalogue: none yet,',
      'info catalogue: 3 commodi',
      'info catalogue: 3 commodi',
    ]);
  });

  test('a cache that cannot be read keeps the relay waiting no longer', async () => {
    const { notes, start } = catalogueOf({ readCached: unreachable });
    await start();
    expect(notes).toContain('loaded');
  });

  test('a refresh that is given up asks for nothing else', async () => {
    const { actor, holder, start } = catalogueOf({
      builtIn: () => Promise.resolve(goods(9)),
      refresh: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    await start();
    actor.send({ type: 'stop' });
    await settled();
    expect(holder.current).toBe(null);
  });
});

describe('what is parked', () => {
  test('comes back where its system is known by now, and what waited for goods is staged again', async () => {
    const { notes, released, restaged, start } = catalogueOf(
      {},
      {
        parked: { Sol: [1, 2], Achenar: [3] },
        known: ['Sol'],
        unresolved: [
          { marketId: 7, bytes: 100 },
          { marketId: 8, bytes: 100 },
        ],
      },
    );
    await start();
    expect(released).toEqual([[1, 2, 7, 8]]);
    expect(restaged).toEqual([[[7, 8], '2 on 1']]);
    expect(notes).toContain('released');
  });

  test('is not staged again where it only lacked its system', async () => {
    const { released, restaged, start } = catalogueOf({}, { parked: { Sol: [1] }, known: ['Sol'] });
    await start();
    expect(released).toEqual([[1]]);
    expect(restaged).toEqual([]);
  });

  test('stays where its system is still unknown', async () => {
    const { released, start } = catalogueOf({}, { parked: { Sol: [1] } });
    await start();
    expect(released).toEqual([]);
  });

  test('stays without a catalogue', async () => {
    const { released, start } = catalogueOf(
      { refresh: unreachable },
      { parked: { Sol: [1] }, known: ['Sol'] },
    );
    await start();
    expect(released).toEqual([]);
  });

  test('comes back two hundred markets at a time', async () => {
    const ids = Array.from({ length: 401 }, (_, id) => id);
    const { released, start } = catalogueOf({}, { parked: { Sol: ids }, known: ['Sol'] });
    await start();
    expect(released.map(({ length }) => length)).toEqual([200, 200, 1]);
    expect(released.flat()).toEqual(ids);
  });

  test('comes back in batches of four MiB, and one that is larger by itself', async () => {
    const mib = 2 ** 20;
    const unresolved = [3, 1, 1, 5, 1].map((size, marketId) => ({ marketId, bytes: size * mib }));
    const { released, start } = catalogueOf({}, { unresolved });
    await start();
    expect(released).toEqual([[0, 1], [2], [3], [4]]);
  });

  test('waits while more than a thousand snapshots are to be written', async () => {
    const { pool, released, start, time } = catalogueOf({}, { parked: { Sol: [1] }, known: ['Sol'] });
    pool.liveCount = 1_001;
    await start();
    await time.advance(1_000);
    expect(released).toEqual([]);
    pool.liveCount = 1_000;
    await time.advance(200);
    expect(released).toEqual([[1]]);
  });

  test('stays where a stop comes while it waits', async () => {
    const { notes, pool, released, send, start, time } = catalogueOf(
      {},
      { parked: { Sol: [1] }, known: ['Sol'] },
    );
    pool.liveCount = 1_001;
    await start();
    await send('stop');
    pool.liveCount = 0;
    await time.advance(1_000);
    expect(released).toEqual([]);
    expect(notes).toContain('released');
  });
});
