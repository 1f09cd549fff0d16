import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CATEGORIES } from '../../src/domain/generation.ts';
import { NO_COUNTS, type GalaxyImport, type GalaxyStore } from '../../src/domain/ports/store/galaxy-store.ts';
import { allocateKnown } from '../../src/domain/spansh/known.ts';
import { importDump } from '../../src/infra/spansh/import-dump.ts';
import { NO_TABLES } from '../contract/store-galaxy-batches.ts';
import { aCommodity, aMarket, aStation, aSystem, dumpOf, NOW_S } from '../support/dump.ts';
import { SMALL_DUMP } from '../support/small-dump.ts';
import { writeConfig } from '../support/daemon.ts';
import { marketRows } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { gridDump, NOW_S as GRID_S } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const SYSTEMS = 300;
const STATIONS = 100;
const DUMP = gridDump(SYSTEMS, STATIONS, 60, 500);
const FEW = { systems: 30, stations: 10, records: 330 };

/** Notes what a database would be asked to do. @param write takes the number of the call */
function createStore(write: (call: number) => Promise<unknown> = () => sleep(20), atTheEnd = NO_COUNTS) {
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
    finish: () => (events.push('finish'), Promise.resolve(atTheEnd)),
    close: () => (events.push('close'), Promise.resolve()),
  };
  const store: Pick<GalaxyStore, 'beginImport'> = { beginImport: () => Promise.resolve(running) };
  return { store: store as GalaxyStore, events, sizes };
}

function run(
  store: GalaxyStore,
  bytes: Buffer,
  { signal = new AbortController().signal, nowS = GRID_S } = {},
) {
  const file = join(tempDir(), 'galaxy_stations.json.gz');
  writeFileSync(file, bytes);
  const source = { name: 'dump', stream: createReadStream(file), totalBytes: bytes.length };
  return importDump(store, source, {
    ...{ reference: NO_TABLES, maxAgeDays: 30, maxClockSkewS: 300, nowS, threads: 1 },
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

test.each([
  ['nothing', {}, undefined],
  ['one record that may be taken another time', { refused: 1, refusal: 'not now' }, /1 records .*not now/],
  ['half of what can never be taken', { invalid: FEW.records / 2, refusal: 'no' }, undefined],
  ['most of it', { invalid: FEW.records / 2 + 1, refusal: 'no' }, /166 records .*: no$/],
])('refusing %s', async (_, refusals, reason) => {
  const { store, events } = createStore(undefined, { ...NO_COUNTS, ...refusals });
  const ended = run(store, gridDump(FEW.systems, FEW.stations, 60, 500));
  if (reason === undefined)
    await expect(ended).resolves.toMatchObject({ stations: FEW.systems * FEW.stations });
  else
    await expect(ended).rejects.toMatchObject({
      code: 'import',
      message: expect.stringMatching(reason) as string,
    });
  expect(events.slice(-2)).toEqual(['finish', 'close']);
});

test('what is older than the limit is counted', async () => {
  const { store } = createStore();
  const result = await run(store, Buffer.from(SMALL_DUMP.text), { nowS: NOW_S });
  expect(result.tooOld).toEqual({ markets: 2, shipyards: 1, outfitters: 0 });
  expect(result.maxAgeDays).toBe(30);
});

const asText = (text: string) =>
  Buffer.from(text.replaceAll(/"(id|id64|commodityId)":\s*(\d+)/g, '"$1":"$2"'));
const MARKET = aMarket([aCommodity()]);
const PLAIN = dumpOf(aSystem({ stations: [aStation({ market: MARKET })] }));
const pretty = JSON.stringify(JSON.parse(PLAIN), null, 2);
const textIds = { station: aStation({ id: '128016640', market: MARKET }) };
const textItem = aStation({ market: aMarket([aCommodity({ commodityId: '128049154' })]) });
const tomorrow = aStation({ market: aMarket([aCommodity()], NOW_S + 86_400) });

test.each([
  ['all ids as text', asText(PLAIN), 'dump', /no system is in it/],
  [
    'station ids as text',
    dumpOf(aSystem({ stations: [textIds.station] })),
    'dump',
    /1 x no station id, first: /,
  ],
  [
    'item ids as text',
    dumpOf(aSystem({ stations: [textItem] })),
    'dump',
    /1 x incomplete commodity, first: /,
  ],
  ['pretty-printed', pretty, 'dump', /one system a line is needed/],
  [
    'seen tomorrow',
    dumpOf(aSystem({ stations: [tomorrow] })),
    'clock',
    /1 of 1 markets .* later than it is here/,
  ],
])('a dump of which nothing is usable is a failure: %s', async (_, text, code, message) => {
  const { store, events } = createStore();
  await expect(run(store, Buffer.from(text), { nowS: NOW_S })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(events).not.toContain('finish');
});

test('a dump with some that is usable is none', async () => {
  const { store, events } = createStore();
  const good = aStation({ id: 2, market: MARKET });
  const text = dumpOf(aSystem({ stations: [textIds.station, textItem, tomorrow, good] }));
  const result = await run(store, Buffer.from(text), { nowS: NOW_S });
  expect(Object.keys(result.problems)).toHaveLength(3);
  expect(events).toContain('finish');
});

test('tdl import refuses an address with a user or password, and tells neither', async () => {
  const cwd = tempDir();
  writeConfig(cwd);
  const args = ['import', 'https://operator:s3cret@127.0.0.1:1/galaxy.json.gz'];
  const { code, stdout, stderr } = await runHere({ cwd, args });
  expect(code).toBe(2);
  expect(stderr).toMatch(/user or password/);
  expect(stdout + stderr).not.toMatch(/s3cret|operator/);
});

test('tdl import takes as old as it is told, and says what it left out', async () => {
  const cwd = tempDir();
  writeConfig(cwd, { import_max_age_days: 35 });
  const at = Math.floor(Date.now() / 1000);
  const old = (id: number, days: number) =>
    aStation({ id, name: `Old ${days}`, market: aMarket([aCommodity()], at - days * 86_400) });
  writeFileSync(join(cwd, 'dump.json'), dumpOf(aSystem({ stations: [old(1, 1), old(2, 33), old(3, 400)] })));
  const stations = async (...args: string[]) => {
    const { code, stdout, stderr } = await runHere({ cwd, args: ['import', 'dump.json', ...args] });
    expect(code, stderr).toBe(0);
    const rows = marketRows(join(cwd, 'data/TradeDangerous.db'));
    return [
      rows.map(({ station_id: id }) => id),
      /^left out (.*) older than (.*) days/m.exec(stdout)?.slice(1),
    ];
  };
  expect(await stations('--max-age', '7')).toEqual([[1], ['2 markets, 0 shipyards, 0 outfitters', '7']]);
  expect(await stations()).toEqual([
    [1, 2],
    ['1 markets, 0 shipyards, 0 outfitters', '35'],
  ]);
  expect(await stations('--max-age', 'all')).toEqual([[1, 2, 3], undefined]);
});

test.each([
  ['import_max_age_days, where it is the shorter', 20, 40, 1, 20],
  ['purge_retention_days, where that is the shorter: what would be purged is not brought', 40, 20, 1, 20],
  ['import_max_age_days, where nothing is purged', 40, 20, 0, 40],
])('tdl import goes by %s', async (_, importDays, retentionDays, purgeEvery, days) => {
  const cwd = tempDir();
  writeConfig(cwd, {
    import_max_age_days: importDays,
    purge_retention_days: retentionDays,
    purge_every_x_hour: purgeEvery,
  });
  const at = Math.floor(Date.now() / 1000);
  const ages = [19, 21, 39, 41];
  const stations = ages.map((age) =>
    aStation({ id: age, name: `${age} days`, market: aMarket([aCommodity()], at - age * 86_400) }),
  );
  writeFileSync(join(cwd, 'dump.json'), dumpOf(aSystem({ stations })));
  const { code, stderr } = await runHere({ cwd, args: ['import', 'dump.json'] });
  expect(code, stderr).toBe(0);
  const rows = marketRows(join(cwd, 'data/TradeDangerous.db'));
  expect(rows.map(({ station_id: age }) => age)).toEqual(ages.filter((age) => age < days));
});
