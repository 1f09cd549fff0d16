import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTables } from '../../src/app/ports/live-listing.ts';
import type { SpanshUpdaterPorts } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { publishSet } from '../../src/infra/publishing/published-set.ts';
import { addStations, SYSTEM } from '../contract/store-world.ts';
import { followedStore } from '../support/followed-store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { storeThreadsHere } from '../support/threads-here.ts';

storeThreadsHere();

const NEVER = new AbortController().signal;
const HOUR_S = 3_600;

/** A real store, real files, and an updater that publishes everything, or fails. */
async function world() {
  const { store, db } = await followedStore([7, 8]);
  const csvDir = join(tempDir(), 'csv');
  const exportDir = join(tempDir(), 'export');
  mkdirSync(csvDir);
  mkdirSync(exportDir);
  const told: string[] = [];
  const note = (_: object, line: string) => void told.push(line);
  const updater = { opensInMs: 0, failure: null as Error | null, published: 0 };
  const ports = {
    opensInMs: () => updater.opensInMs,
    publish: async (signal: AbortSignal) => {
      if (updater.failure !== null) throw updater.failure;
      updater.published++;
      return publishSet(store, 'v12', { csvDir, exportDir }, signal);
    },
  } as unknown as SpanshUpdaterPorts;
  const log = { debug: note, info: note, warn: note, error: note };
  const paths = { csvDir, exportDir } as Parameters<typeof withTables>[0]['paths'];
  const { liveListing } = withTables({ paths, log }, store, ports);
  /** Publishes a listing of these stations. */
  const list = async (...ids: readonly number[]) => {
    const staged = await liveListing.stageFile((write) => {
      const lines = ids.map((id, i) => `${i + 1},${id},1,0,0,0,9,9,1,0\n`);
      return write(Buffer.from(`id,station_id\n${lines.join('')}`));
    }, NEVER);
    await staged.commit();
    return statSync(join(exportDir, 'listings-live.csv')).size;
  };
  const table = (name: string) => join(csvDir, `${name}.csv`);
  /** As many stations as there are in the game, so long ago. */
  const enlarge = (ageS: number, stations = '7,8') => {
    const lines = stations.split(',').map((id) => `${id},'S'\n`);
    writeFileSync(table('Station'), `${lines.join('')}${'x'.repeat(1024 * 1024)}\n`);
    const atS = Date.now() / 1000 - ageS;
    utimesSync(table('Station'), atS, atS);
  };
  return { list, told, updater, table, enlarge, db };
}

test('files that are missing are made before the listing is public; one that says nothing needs none', async () => {
  const { list, updater, told } = await world();
  expect(await list()).toBeGreaterThan(0);
  expect(updater.published).toBe(0);
  await list(7);
  expect(updater.published).toBe(1);
  await list(7, 8);
  expect(updater.published, 'they have all').toBe(1);
  expect(told).toEqual(['table files: published anew, some were missing']);
});

test('where that fails the listing is public all the same; it is told once, and again when it was over', async () => {
  const { list, updater, told, table } = await world();
  updater.failure = new Error('away');
  for (let i = 0; i < 3; i++) expect(await list(7)).toBeGreaterThan(0);
  expect(told).toEqual(['table files not published: away']);
  updater.failure = new Error('full');
  await list(7);
  expect(told.slice(1), 'another reason').toEqual(['table files not published: full']);
  updater.failure = null;
  await list(7);
  rmSync(table('Item'));
  updater.failure = new Error('full');
  await list(7);
  expect(told.slice(2)).toEqual([
    'table files: published anew, some were missing',
    'table files not published: full',
  ]);
});

test('stations that the tables lack come in at once while these are small', async () => {
  const { list, updater, told, db } = await world();
  await list(7);
  await addStations(db, [[9, 'New', SYSTEM.Sol]]);
  await list(7, 9);
  expect(updater.published, 'tables only').toBe(1);
  expect(told.slice(1)).toEqual(['table files: published anew, they lacked 1 stations of the feed']);
});

test('large tables are renewed every hour at most, also where a renewal did not help', async () => {
  const { list, updater, told, table, enlarge } = await world();
  await list(7);
  told.length = 0;
  enlarge(HOUR_S - 60);
  await list(7, 9);
  expect(told, 'they are less than an hour old').toEqual([]);
  enlarge(HOUR_S + 60);
  await list(7);
  rmSync(table('Item'));
  await list(7);
  expect(updater.published, 'they were looked at just now').toBe(1);
  expect(told).toEqual([]);
});

test('nothing is published beside the updater', async () => {
  const { list, updater } = await world();
  updater.opensInMs = 60_000;
  expect(await list(7)).toBeGreaterThan(0);
  expect(updater.published).toBe(0);
});
