import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CATEGORIES } from '../../src/domain/generation.ts';
import { NO_COUNTS, type GalaxyImport, type GalaxyStore } from '../../src/domain/ports/galaxy-store.ts';
import { allocateKnown } from '../../src/domain/spansh/known.ts';
import { importDump } from '../../src/infra/spansh/import-dump.ts';
import { NO_TABLES } from '../contract/store-galaxy-batches.ts';
import { NOW_S } from '../support/dump.ts';
import { gridDump } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const SYSTEMS = 300;
const STATIONS = 100;
const DUMP = gridDump(SYSTEMS, STATIONS, 60, 500);

/** Notes what a database would be asked to do. @param write takes the number of the call */
function createStore(write: (call: number) => Promise<unknown> = () => sleep(20)) {
  const events: string[] = [];
  const sizes: number[] = [];
  const running: GalaxyImport = {
    generation: 'v12',
    categories: CATEGORIES,
    itemCategories: new Map(),
    known: () => Promise.resolve(allocateKnown(0, 0)),
    async apply({ stations }) {
      const call = sizes.push(stations.length);
      events.push(`begin ${call}`);
      try {
        await write(call);
      } finally {
        events.push(`end ${call}`);
      }
      return { ...NO_COUNTS, stations: stations.length };
    },
    finish: () => (events.push('finish'), Promise.resolve(NO_COUNTS)),
    close: () => (events.push('close'), Promise.resolve()),
  };
  const store: Pick<GalaxyStore, 'beginImport'> = { beginImport: () => Promise.resolve(running) };
  return { store: store as GalaxyStore, events, sizes };
}

function run(store: GalaxyStore, bytes: Buffer, signal = new AbortController().signal) {
  const file = join(tempDir(), 'galaxy_stations.json.gz');
  writeFileSync(file, bytes);
  const source = { name: 'dump', stream: createReadStream(file), totalBytes: bytes.length };
  return importDump(store, source, {
    ...{ reference: NO_TABLES, retentionDays: 30, maxClockSkewS: 300, nowS: NOW_S, threads: 1 },
    ...{ isCleared: () => false, onProgress: () => undefined, signal },
  });
}

test('records are written some ten thousand rows at a time, one call after the other', async () => {
  const { store, events, sizes } = createStore();
  const { stations, counts } = await run(store, DUMP);
  expect([stations, counts.stations]).toEqual([SYSTEMS * STATIONS, SYSTEMS * STATIONS]);
  expect(sizes.length).toBeGreaterThan(1);
  // A row of its own each, and one of its market. A piece of a dump is more than a call needs.
  for (const size of sizes.slice(0, -1)) expect(2 * size).toBeGreaterThan(10_000 - SYSTEMS);
  const calls = sizes.flatMap((_, i) => [`begin ${i + 1}`, `end ${i + 1}`]);
  expect(events).toEqual([...calls, 'finish', 'close']);
});

test('a call that fails fails the import', async () => {
  const { store, events } = createStore(async (call) => {
    await sleep(20);
    if (call === 1) throw new Error('no room');
  });
  await expect(run(store, DUMP)).rejects.toThrow('no room');
  expect(events).toEqual(['begin 1', 'end 1', 'close']);
});

test('a dump that ends too early is told after what is under way, and finishes nothing', async () => {
  const { store, events } = createStore((call) => sleep(call === 1 ? 0 : 500));
  const most = DUMP.subarray(0, Math.round(DUMP.length * 0.9));
  await expect(run(store, most)).rejects.toMatchObject({ code: 'dump' });
  expect(events.length).toBeGreaterThan(2);
  expect(events.slice(-2)).toEqual([`end ${(events.length - 1) / 2}`, 'close']);
});
