import { expect, test } from 'vitest';
import { purgeRefused, whyNotPurge } from '../../src/domain/market/purge-rule.ts';

const NOON_S = 1_772_366_400;

const statsOf = (newestAtS: number | null, totalRows = 100) =>
  Promise.resolve({ totalRows, liveRows: 0, stations: 1, liveStations: 0, newestAtS, implausibleMarkets: 0 });

function objection(newestAtS: number | null, oldRows: number, totalRows = 100) {
  const store = { stats: () => statsOf(newestAtS, totalRows), purge: () => Promise.resolve(oldRows) };
  return whyNotPurge(store, NOON_S);
}

test.each([
  [null, 0],
  [NOON_S, 90],
  [NOON_S + 1, 0],
])('newest at %j, %i of 100 rows old: nothing speaks against it', async (newestAtS, oldRows) => {
  expect(await objection(newestAtS, oldRows)).toBeNull();
});

test('a cutoff that is newer than the newest observation', async () => {
  expect(await objection(NOON_S - 1, 100)).toBe(
    'all 100 rows were observed before 2026-03-01 12:00:00 UTC, the newest of them at 2026-03-01 11:59:59 UTC',
  );
});

test('asks what would go, deletes nothing, and can be stopped', async () => {
  const asked: unknown[] = [];
  const purge = (options: object) => (asked.push(options), Promise.resolve(0));
  const stop = new AbortController();
  const store = { stats: () => statsOf(NOON_S), purge };
  await whyNotPurge(store, NOON_S, stop.signal);
  await whyNotPurge(store, NOON_S);
  const question = { olderThanS: NOON_S, dryRun: true };
  expect(asked).toEqual([{ ...question, signal: stop.signal }, question]);
  stop.abort(new Error('no time'));
  await expect(whyNotPurge(store, NOON_S, stop.signal)).rejects.toThrow('no time');
  expect(asked).toHaveLength(2);
});

test('nearly everything', async () => {
  expect(await objection(NOON_S + 1, 91)).toBe('91 of 100 rows were observed before 2026-03-01 12:00:00 UTC');
});

test('who asked for it is told why, and what to do', () => {
  expect(purgeRefused('all is old')).toMatchObject({
    code: 'refused',
    message: 'nothing was purged: all is old',
    advice: expect.stringMatching(/clock.*--force/),
  });
});
