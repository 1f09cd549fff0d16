import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC, type Table } from 'apache-arrow';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { readParquet } from 'parquet-wasm/node';
import { expect, test } from 'vitest';
import {
  ALL,
  at,
  DAY,
  GOLD,
  LOG,
  MIDNIGHT_S,
  NAMES,
  openHistory,
  pageOf,
  seen,
  SILVER,
} from '../support/history.ts';

/** The same file by a program that has nothing in common with the one that wrote it. */
function independent(file: string): Table {
  return tableFromIPC(readParquet(readFileSync(file)).intoIPCStream());
}

test('a day is closed, and two programs read the same in its file', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  await recorder.record(pageOf(0, [seen(1, 10, 9_000), seen(2, 20, 8_000)]));
  await recorder.record(pageOf(2, [seen(1, 30, 9_000, 50), seen(1 + 2 ** 40, 40, 7_000)]));
  await recorder.record(pageOf(4, [seen(1, 50, 9_100)]));
  await recorder.record(pageOf(5, [{ marketId: 2, observedAtS: at(60), goods: [[SILVER, 0, 4_000]] }]));
  await recorder.record(
    pageOf(6, [{ marketId: 1, observedAtS: at(0), writtenAtS: at(70), source: 'purge', goods: [] }]),
  );
  const running = await reader.market(1, null, ALL);
  expect(await recorder.reached(at(86_400))).toBe(DAY);
  const closed = await recorder.closeDay(DAY, NAMES);
  expect(closed).toMatchObject({ gap: 'begun', isClosed: true, changes: 7, unseen: 0 });

  const path = join(directory, 'prices', '2026-11-28.parquet');
  const file = await asyncBufferFromFile(path);
  const rows: readonly Record<string, unknown>[] = await parquetReadObjects({ file });
  const first = rows.find((row) => row.market_id === 1n && row.is_first === true);
  expect(first).toEqual({
    observed_at: new Date(at(10) * 1000),
    market_id: 1n,
    item_id: GOLD,
    commodity: 'Gold',
    supply_price: 9_000,
    supply_units: 100,
    supply_level: 2,
    demand_price: null,
    demand_units: null,
    demand_level: null,
    source: 'live',
    is_first: true,
  });
  expect(
    rows.map(({ market_id: id, item_id: item, supply_price: price }) => [Number(id), item, price]),
  ).toEqual([
    [1, GOLD, 9_000],
    [1, GOLD, 9_100],
    [1, GOLD, null],
    [2, GOLD, 8_000],
    [2, GOLD, null],
    [2, SILVER, null],
    [1 + 2 ** 40, GOLD, 7_000],
  ]);
  const other = independent(path);
  expect(other.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
    'observed_at Timestamp<MILLISECOND, UTC>',
    'market_id Int64',
    'item_id Int32',
    'commodity Utf8',
    ...['supply', 'demand'].flatMap((side) => ['price', 'units', 'level'].map((of) => `${side}_${of} Int32`)),
    'source Utf8',
    'is_first Bool',
  ]);
  expect(
    (other.toArray() as readonly { toJSON(): Record<string, unknown> }[])
      .map((row) => row.toJSON())
      .map((row) => ({ ...row, observed_at: new Date(Number(row.observed_at)) })),
  ).toEqual(rows);
  const facts = new Map(
    (await parquetMetadataAsync(file)).key_value_metadata?.map(({ key, value }) => [key, value]),
  );
  expect(Object.fromEntries(facts)).toMatchObject({ day: '2026-11-28', is_whole: 'false', gap: 'begun' });

  expect((await reader.market(1, null, ALL)).points, 'from the file as from the running day').toEqual(
    running.points,
  );
  expect(
    running.points.map(({ observedAtS, supplyPrice, isFirst, isForgotten }) => [
      ...[observedAtS - MIDNIGHT_S, supplyPrice, isFirst, isForgotten],
    ]),
  ).toEqual([
    [10, 9_000, true, false],
    [50, 9_100, false, false],
    [70, 0, false, true],
  ]);
  expect((await reader.market(2, SILVER, ALL)).points).toMatchObject([
    { demandPrice: 4_000, supplyPrice: 0 },
  ]);
  expect((await reader.market(1, null, { fromS: at(11), toS: at(50) })).points).toHaveLength(1);
});

test('what was read before its entry came is not counted as unseen when others came between', async () => {
  const { recorder } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  /** The entries of one market in a page, and what it said when they were read. */
  const record = (seq: number, entries: readonly number[], read: number) => {
    const { after, changes } = pageOf(
      seq,
      entries.map((s) => seen(1, s, s)),
    );
    return recorder.record({ after, changes, markets: pageOf(0, [seen(1, read, read)]).markets });
  };
  await record(0, [10], 30);
  await record(1, [20], 40);
  await record(2, [30, 40], 50);
  await record(4, [50], 50);
  // 30, 40 and 50 are recorded.
  expect(await recorder.days()).toMatchObject([{ changes: 3, unseen: 2 }]);
});

test('hours have the lowest, highest and mean price of what was seen, in the running day as in its file', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  await recorder.record(
    pageOf(0, [
      seen(1, 10, 9_000),
      seen(2, 20, 8_000),
      // Nothing in stock, a fleet carrier, and what was seen the day before.
      seen(3, 30, 1, 0),
      { ...seen(4, 40, 2), isCarrier: true },
      { ...seen(5, -10, 7_000), writtenAtS: at(50) },
    ]),
  );
  await recorder.record(pageOf(5, [seen(1, 3_700, 9_000)]));
  // The same observation once more is none.
  await recorder.record(pageOf(6, [seen(1, 3_700, 9_000)]));
  const expected = [
    [-3_600, { min: 7_000, max: 7_000, mean: 7_000, observations: 1 }],
    [0, { min: 8_000, max: 9_000, mean: 8_500, observations: 2 }],
    [3_600, { min: 9_000, max: 9_000, mean: 9_000, observations: 1 }],
  ];
  const byHour = async () =>
    (await reader.commodity(GOLD, ALL, 3_600)).buckets.map(({ fromS, supply, demand }) => {
      expect(demand).toBeNull();
      return [fromS - MIDNIGHT_S, supply];
    });
  expect(await byHour()).toEqual(expected);
  await recorder.reached(at(86_400));
  await recorder.closeDay(DAY, NAMES);
  expect(await byHour()).toEqual(expected);
  const byDay = await reader.commodity(GOLD, { fromS: at(0), toS: at(86_399) }, 86_400);
  expect(byDay.buckets).toEqual([
    { fromS: at(0), supply: { min: 8_000, max: 9_000, mean: 26_000 / 3, observations: 3 }, demand: null },
  ]);
  const rows = independent(join(directory, 'hours', '2026-11-28.parquet'));
  expect((rows.toArray() as readonly { toJSON(): object }[]).map((row) => row.toJSON())).toMatchObject([
    { item_id: GOLD, commodity: 'Gold', supply_min: 7_000, supply_observations: 1, demand_min: null },
    { supply_min: 8_000, supply_max: 9_000, supply_sum: 17_000n, supply_observations: 2 },
    { supply_min: 9_000, demand_observations: 0, demand_sum: 0n },
  ]);
});

test('in a large file a market, and a good, are in few row groups', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  const items = Array.from({ length: 300 }, (_, i) => GOLD + i);
  for (let page = 0; page < 5; page++) {
    await recorder.record(
      pageOf(
        page * 100,
        Array.from({ length: 100 }, (_, i) => ({
          ...{ marketId: 1_000 + page * 100 + i, observedAtS: at(page) },
          goods: items.map((id) => [id, 1 + id - GOLD, 0] as const),
        })),
      ),
    );
  }
  await recorder.reached(at(86_400));
  expect(await recorder.closeDay(DAY, NAMES)).toMatchObject({ changes: 150_000 });
  const path = join(directory, 'prices', '2026-11-28.parquet');
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
  const holding = (column: string, value: bigint | number) =>
    metadata.row_groups.filter(({ columns }) => {
      const { statistics } = columns.find(
        ({ meta_data: of }) => of?.path_in_schema[0] === column,
      )!.meta_data!;
      const { min_value: min, max_value: max } = statistics as Record<string, number | bigint>;
      return min! <= value && max! >= value;
    }).length;
  const groups = metadata.row_groups.length;
  expect(groups).toBeGreaterThan(5);
  expect(holding('market_id', 1_300n)).toBeLessThanOrEqual(groups / 2);
  expect(holding('item_id', GOLD + 150)).toBeLessThanOrEqual(groups / 2);
  expect(independent(path).numRows).toBe(150_000);
  const { points } = await reader.market(1_300, null, ALL);
  expect(points.map(({ itemId, supplyPrice }) => [itemId, supplyPrice])).toEqual(
    items.map((id) => [id, 1 + id - GOLD]),
  );
});

test('there is no file without rows', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  await recorder.record(pageOf(0, [{ ...seen(1, 10, 9_000), isCarrier: true }, seen(2, 10, 9_000)]));
  await recorder.reached(at(86_400));
  await recorder.closeDay(DAY, NAMES);
  await recorder.record(pageOf(2, [{ ...seen(1, 86_400, 9_000), isCarrier: true }]));
  await recorder.reached(at(2 * 86_400));
  expect(await recorder.closeDay(DAY + 1, NAMES)).toMatchObject({ gap: null, changes: 0, bytes: 0 });
  await recorder.record(pageOf(3, [seen(2, 2 * 86_400, 9_000)]));
  await recorder.reached(at(3 * 86_400));
  await recorder.closeDay(DAY + 2, NAMES);
  expect(readdirSync(join(directory, 'prices'))).toEqual(['2026-11-28.parquet']);
  expect(readdirSync(join(directory, 'hours'))).toEqual(['2026-11-28.parquet', '2026-11-30.parquet']);
  const answer = await reader.commodity(GOLD, ALL, 86_400);
  expect(answer.buckets.map(({ fromS }) => fromS - MIDNIGHT_S)).toEqual([0, 2 * 86_400]);
  expect(answer.days.slice(1).every(({ gap }) => gap === null)).toBe(true);
});

test('a page that is there already, or does not follow, changes nothing', async () => {
  const { recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  const page = pageOf(0, [seen(1, 10, 9_000)]);
  await recorder.record(page);
  await recorder.record(page);
  await recorder.record(pageOf(7, [seen(1, 20, 9_100)]));
  await recorder.record(pageOf(1, [seen(1, 20, 9_100)], '00000000-0000-4000-8000-00000000000f'));
  expect(await recorder.position()).toEqual({ logId: LOG, seq: 1 });
  expect((await reader.market(1, null, ALL)).points).toHaveLength(1);
});

test('days on which nothing was written are not whole; old ones go, with their files', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  await recorder.record(pageOf(0, [seen(1, 10, 9_000), seen(2, 3 * 86_400, 9_100)]));
  await recorder.record(pageOf(2, [seen(2, 3 * 86_400 + 1, 1)]));
  const gaps = async () =>
    (await recorder.days()).map(({ day, gap, isClosed }) => [day - DAY, gap, isClosed]);
  const nothing = 'nothing was written to the database';
  for (let due = DAY; due < DAY + 3; due++) {
    expect(await recorder.reached(at(3 * 86_400 + 2))).toBe(due);
    await recorder.closeDay(due, NAMES);
  }
  expect(await recorder.reached(at(3 * 86_400 + 2))).toBeNull();
  expect(await gaps()).toEqual([
    [0, 'begun', true],
    [1, nothing, true],
    [2, nothing, true],
    [3, null, false],
  ]);
  // A clock that goes back opens no day that is over.
  await recorder.record(pageOf(3, [{ ...seen(2, 60, 2), writtenAtS: at(60) }]));
  expect(await recorder.reached(at(60))).toBeNull();
  expect(await recorder.reached(at(4 * 86_400))).toBe(DAY + 3);
  await recorder.closeDay(DAY + 3, NAMES);
  expect((await gaps()).slice(3)).toEqual([
    [3, null, true],
    [4, null, false],
  ]);
  expect(readdirSync(join(directory, 'prices'))).toEqual(['2026-11-28.parquet', '2026-12-01.parquet']);
  expect(await recorder.removeBefore(DAY + 3)).toBe(3);
  expect(readdirSync(join(directory, 'prices'))).toEqual(['2026-12-01.parquet']);
  expect(readdirSync(join(directory, 'hours'))).toEqual(['2026-12-01.parquet']);
  expect((await gaps())[0]).toEqual([3, null, true]);
  expect((await reader.market(1, null, ALL)).points).toEqual([]);
});
