import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { ALL, at, DAY, GOLD, LOG, NAMES, openHistory, pageOf, seen } from '../support/history.ts';

test('says which days it cannot read, and answers from the others', async () => {
  const { directory, recorder, reader } = openHistory();
  expect((await reader.market(1, null, ALL)).days, 'before it begins').toEqual([]);
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  for (const day of [0, 1, 2]) {
    await recorder.record(pageOf(2 * day, [seen(1, day * 86_400, 9_000 + day), seen(2, day * 86_400, 1)]));
    await recorder.reached(at((day + 1) * 86_400));
    await recorder.closeDay(DAY + day, NAMES);
  }
  rmSync(join(directory, 'prices', '2026-11-29.parquet'));
  truncateSync(join(directory, 'prices', '2026-11-30.parquet'), 100);
  const { points, days } = await reader.market(1, null, ALL);
  expect(points.map(({ supplyPrice }) => supplyPrice)).toEqual([9_000]);
  expect(days.map(({ gap }) => gap)).toEqual([
    'begun',
    'its file is missing',
    'its file cannot be read',
    null,
  ]);
});

test('a day whose files cannot be written waits, and can be asked', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  await recorder.record(pageOf(0, [seen(1, 10, 9_000)]));
  await recorder.reached(at(86_400));
  writeFileSync(join(directory, 'hours'), 'in the way');
  await expect(recorder.closeDay(DAY, NAMES)).rejects.toMatchObject({
    code: 'history',
    message: expect.stringMatching(
      /^the files of 2026-11-28 were not written: .*a file is in its place/,
    ) as string,
  });
  expect(await recorder.reached(at(86_400))).toBe(DAY);
  expect((await reader.market(1, null, ALL)).points).toHaveLength(1);
  rmSync(join(directory, 'hours'));
  expect(await recorder.closeDay(DAY, NAMES)).toMatchObject({ isClosed: true, changes: 1 });
  expect((await reader.market(1, null, ALL)).points).toHaveLength(1);
});

test('where the running file is lost, the days before are found again', async () => {
  const { directory, recorder, reader } = openHistory();
  await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', at(0));
  for (const day of [0, 1, 2]) {
    await recorder.record(pageOf(day, [seen(1, day * 86_400 + 7, 9_000 + (day === 2 ? 1 : day))]));
    await recorder.reached(at((day + 1) * 86_400));
    await recorder.closeDay(DAY + day, NAMES);
  }
  const days = (await recorder.days()).slice(0, 3);
  const before = await reader.market(1, null, ALL);
  const hours = await reader.commodity(GOLD, ALL, 3_600);
  await recorder.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, `running.db${suffix}`), { force: true });
  writeFileSync(join(directory, 'prices', 'notes.txt'), 'mine');

  const again = createHistoryRecorder(directory);
  onTestFinished(() => again.close());
  expect(await again.position()).toBeNull();
  expect(await again.days()).toEqual(days);
  await again.goOn({ logId: LOG, seq: 9 }, 'begun anew', at(4 * 86_400));
  expect((await reader.market(1, null, ALL)).points).toEqual(before.points);
  expect((await reader.commodity(GOLD, ALL, 3_600)).buckets).toEqual(hours.buckets);
  const few = { fromS: at(86_400), toS: at(86_400 + 7) };
  expect((await reader.market(1, null, few)).days.map(({ day }) => day - DAY)).toEqual([1]);
  expect(await again.removeBefore(DAY + 2)).toBe(2);
  expect(readdirSync(join(directory, 'prices'))).toEqual(['notes.txt']);
});

test('a file that is no history of ours is left alone, and told', async () => {
  const { directory, recorder } = openHistory();
  using other = new DatabaseSync(join(directory, 'running.db'));
  other.exec('CREATE TABLE mine (x)');
  await expect(recorder.position()).rejects.toMatchObject({
    code: 'history',
    message: expect.stringContaining('is no history of this version') as string,
    advice: 'move it away: a new one is begun',
  });
  expect(other.prepare('SELECT name FROM sqlite_schema').all()).toMatchObject([{ name: 'mine' }]);
});
