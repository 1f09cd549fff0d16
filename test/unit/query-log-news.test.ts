import { EventEmitter } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LogNews } from '../../src/infra/store/shared/queries/memory/log-news.ts';
import { SqliteReader } from '../../src/infra/store/sqlite/queries/reader.ts';

/** A look is due four times a second. */
const LOOK_MS = 250;

/** A change log, who follows it, and when it has been read. */
function world({ hasLog = true } = {}) {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  const asking = new EventEmitter<{ read: [] }>();
  class Reader extends SqliteReader {
    override async rows(sql: string) {
      const rows = await super.rows(sql);
      if (sql.includes('FROM tdl_log')) asking.emit('read');
      return rows;
    }
  }
  const news = new LogNews(new Reader(db));
  const begin = (logId = 'a') =>
    db.exec(`CREATE TABLE tdl_log (log_id, seq);
      CREATE TABLE tdl_change (seq INTEGER PRIMARY KEY, kind, id INTEGER, observed_s, written_s, source);
      INSERT INTO tdl_log VALUES ('${logId}', 0)`);
  /** Entries of these kinds and ids, as they follow. */
  const add = (...entries: readonly (readonly [kind: string, id: number])[]) => {
    const insert = db.prepare(
      `INSERT INTO tdl_change SELECT seq + 1, ?, ?, 1, 1, 'live' FROM tdl_log RETURNING seq`,
    );
    for (const [kind, id] of entries)
      db.exec(`UPDATE tdl_log SET seq = ${Number(insert.get(kind, id)?.seq)}`);
  };
  /** So many entries of as many markets at once. */
  const addMany = (count: number) =>
    db.exec(`INSERT INTO tdl_change
      WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${count})
      SELECT seq + n, 'market', n, 1, 1, 'live' FROM n, tdl_log;
      UPDATE tdl_log SET seq = seq + ${count}`);
  const nextLook = () => {
    vi.advanceTimersByTime(LOOK_MS);
    return news.changed();
  };
  if (hasLog) begin();
  return { db, news, begin, add, addMany, nextLook, asking };
}

test('the first look tells that all may be new, those after it what has changed since', async () => {
  const { news, add, nextLook } = world();
  add(['market', 1]);
  expect(news.isThere).toBe(false);
  expect(await news.changed()).toBe('all');
  expect(news.isThere).toBe(true);
  expect(await nextLook()).toEqual([]);
  add(['market', 2], ['station', 3], ['market', 2], ['system', 4]);
  // Stations only, each once.
  expect(await nextLook()).toEqual([2, 3]);
  expect(await nextLook()).toEqual([]);
});

test('the log is looked at four times a second, and at once when something is expected in it', async () => {
  const { news, add, asking, nextLook } = world();
  await news.changed();
  add(['market', 1]);
  vi.advanceTimersByTime(LOOK_MS - 1);
  expect(await news.changed()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(await news.changed()).toEqual([1]);
  add(['market', 2]);
  news.expect();
  expect(await news.changed()).toEqual([2]);
  add(['market', 3]);
  asking.on('read', () => expect.unreachable());
  expect(await news.changed(), 'expected once').toEqual([]);
  asking.removeAllListeners();
  expect(await nextLook()).toEqual([3]);
});

test('who asks while it is looked at is told the same; what is expected meanwhile is looked for after that', async () => {
  const { news, add, asking } = world();
  await news.changed();
  vi.advanceTimersByTime(LOOK_MS);
  add(['market', 1]);
  let reads = 0;
  const later: Promise<unknown>[] = [];
  asking.on('read', () => {
    // The second read tells that the first had all.
    if (++reads !== 2) return;
    add(['market', 2]);
    news.expect();
    later.push(news.changed(), news.changed());
  });
  expect(await Promise.all([news.changed(), news.changed()])).toEqual([[1], [1]]);
  expect(await Promise.all(later)).toEqual([[2], [2]]);
  expect(reads).toBe(4);
});

test('without a log nothing is told, and all of one that is begun later', async () => {
  const { news, begin, add, nextLook } = world({ hasLog: false });
  expect(await news.changed()).toEqual([]);
  expect(news.isThere).toBe(false);
  expect(await nextLook()).toEqual([]);
  begin();
  add(['market', 1]);
  expect(await nextLook()).toEqual([1]);
  expect(news.isThere).toBe(true);
});

test.each([
  ['another log', `UPDATE tdl_log SET log_id = 'b'`],
  ['one whose entries since the last look are gone', 'DELETE FROM tdl_change WHERE seq < 4'],
])('of %s nobody knows what was in it: all may be new, once', async (_, sql) => {
  const { db, news, add, nextLook } = world();
  add(['market', 1]);
  await news.changed();
  add(['market', 2], ['market', 3], ['market', 4]);
  db.exec(sql);
  expect(await nextLook()).toBe('all');
  add(['market', 5]);
  expect(await nextLook()).toEqual([5]);
});

test('with a log that is gone all may be new, once', async () => {
  const { db, news, begin, add, nextLook } = world();
  await news.changed();
  db.exec('DROP TABLE tdl_change');
  expect(await nextLook()).toBe('all');
  expect(news.isThere).toBe(false);
  expect(await nextLook()).toEqual([]);
  db.exec('DROP TABLE tdl_log');
  begin('b');
  add(['market', 1]);
  expect(await nextLook()).toEqual([1]);
});

test('thousands of changes are told one by one, tens of thousands are not', async () => {
  const { news, addMany, add, nextLook } = world();
  await news.changed();
  addMany(2_500);
  expect(await nextLook()).toHaveLength(2_500);
  addMany(20_001);
  expect(await nextLook()).toBe('all');
  add(['market', 7]);
  expect(await nextLook()).toEqual([7]);
});
