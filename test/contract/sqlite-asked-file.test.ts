import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { rejection, useSqliteFile } from './sqlite-file-world.ts';
import { FUEL_ROW, GOLD, GOLD_ROW, LINCOLN, NOON_S, snapshot } from './store-world.ts';

storeThreadsHere();

/** The file of a database, and questions about it while it is not there, made, or replaced. */
const at = useSqliteFile();

function askFile() {
  const queries = createSqliteQueries(at.file);
  onTestFinished(() => queries.close());
  return {
    queries,
    /** By a look-up, and by a search in memory. */
    found: async () => {
      const [market] = await queries.markets([LINCOLN.marketId]);
      const page = await queries.stations({}, { limit: 10, after: null });
      return { rows: market?.rows.length, stations: page.entries.map(({ station }) => station.name) };
    },
  };
}

/** How often this process holds the file, or one that was there. */
function timesOpen(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.replace(/ \(deleted\)$/, '') === at.file).length;
}

test('asked before there is a database, it says so, makes none, and answers when there is one', async () => {
  const { queries, found } = askFile();
  expect(await rejection(queries.items())).toMatchObject({
    ...{ code: 'unavailable', message: expect.stringContaining(`${at.file} cannot be opened`) as string },
  });
  expect(existsSync(at.file)).toBe(false);
  await writeFile(at.file, '');
  for (const ask of [queries.items(), queries.systemsNamed('Sol')]) {
    expect(await rejection(ask)).toMatchObject({
      ...{ code: 'unavailable', message: `${at.file} has no tables yet` },
    });
  }
  const store = await at.seededStore();
  await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW])]);
  expect(await found()).toEqual({ rows: 2, stations: [LINCOLN.stationName] });
});

test('a database of something else is refused, and is not asked', async () => {
  await (await at.seededStore()).close();
  at.sql('ALTER TABLE Station RENAME TO Elsewhere');
  const { queries } = askFile();
  expect(await rejection(queries.items())).toMatchObject({
    ...{ code: 'refused', message: expect.stringContaining(at.file) as string },
  });
});

test.runIf(existsSync('/proc/self/fd'))(
  'what is of no use is not held open, nor what was asked when it is over',
  async () => {
    await writeFile(at.file, '');
    const { queries, found } = askFile();
    await rejection(queries.items());
    await rejection(queries.systemsNamed('Sol'));
    expect(timesOpen()).toBe(0);
    await (await at.seededStore()).close();
    await found();
    await found();
    // By look-ups and by searches.
    expect(timesOpen()).toBe(2);
    await queries.close();
    expect(timesOpen()).toBe(0);
  },
);

test('a database put in place of the one that was asked is asked from then on, whatever was in memory', async () => {
  const store = await at.seededStore();
  await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW])]);
  await store.close();
  const { queries, found } = askFile();
  expect(await found()).toEqual({ rows: 2, stations: [LINCOLN.stationName] });
  await rename(at.directory, join(at.parent, 'old'));
  expect(await rejection(queries.items()), 'there is none').toMatchObject({ code: 'unavailable' });
  await mkdir(at.directory);
  const other = await at.seededStore();
  await other.writeMarkets([snapshot([GOLD_ROW])]);
  at.sql(`UPDATE Station SET name = 'Jameson Memorial'`);
  expect(await found()).toEqual({ rows: 1, stations: ['Jameson Memorial'] });
});

test('what is in memory of a file is kept as long as it is that file', async () => {
  const store = await at.seededStore();
  await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S })]);
  const { queries, found } = askFile();
  expect(await queries.status()).toBeNull();
  await queries.trades(GOLD, { side: 'demand', sort: 'price' }, { limit: 1, after: null });
  expect(await queries.status()).toMatchObject({ markets: 1, goods: 1 });
  await found();
  expect(await queries.status()).toMatchObject({ goods: 1 });
});
