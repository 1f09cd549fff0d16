import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { JournalSender } from '../../src/actors/journal-watcher/sender.ts';
import { StoreError, type AppError } from '../../src/domain/errors.ts';
import { journalRoutes } from '../../src/infra/http/routes/journal.ts';
import { hashToken } from '../../src/infra/http/token.ts';
import { openFolder } from '../../src/infra/journal/folder.ts';
import { SENT_LINES } from '../../src/infra/journal/reading.ts';
import { createUpload } from '../../src/infra/journal/upload.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { silentLog, startHttp } from '../support/http.ts';
import {
  bookOf,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  loginLines,
} from '../support/journals.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FILE = 'Journal.2026-05-01T120000.01.log';
const LINES = [
  ...loginLines(),
  dockedLine(1),
  depotLine(2, { steel: [100, 0] }),
  contributionLine(3, { steel: 4 }),
];
const text = (lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');

/** A server that takes journals, into a real database that can be away. */
async function world() {
  const dir = tempDir();
  const file = join(dir, 'TradeDangerous.db');
  await makeGalaxy(file, ['Sol']);
  const real = createSqliteStore({ file, generation: 'auto' });
  onTestFinished(() => real.close());
  let isAway = false;
  const watchers = new JournalWatchers({
    ...{ folders: [], time: realTime, random: Math.random, log: silentLog },
    store: {
      aggregates: (kind) => real.aggregates(kind),
      removeAggregate: (kind, id) => real.removeAggregate(kind, id),
      putAggregate: (aggregate) =>
        isAway ? Promise.reject(new StoreError('unavailable', 'away')) : real.putAggregate(aggregate),
    },
  });
  watchers.start();
  onTestFinished(() => watchers.close());
  const token = (name: string, scopes: readonly ('journal' | 'tours')[]) => ({
    ...{ name, scopes, madeAtS: 0, hash: hashToken(`tdl_${name}`) },
  });
  const tokens = [token('member', ['journal']), token('other', ['journal']), token('scout', ['tours'])];
  const routes = [
    (app: Parameters<typeof journalRoutes>[0]) =>
      journalRoutes(app, { inbox: watchers, now: () => Date.now(), maxClockSkewS: 300 }),
  ];
  const guard = { tokens: () => Promise.resolve(tokens), names: [] };
  const server = await startHttp(routes, { guard });
  const post = async (
    body: string | Buffer | null,
    { secret = 'tdl_member', ...headers }: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await request(`${server.url}/api/v1/journal`, {
      ...{ method: 'POST', body },
      headers: { ...(secret !== '' && { authorization: `Bearer ${secret}` }), ...headers },
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  };
  return { dir, server, watchers, post, setAway: (away: boolean) => (isAway = away) };
}

test('lines are taken whole, plain or gzip, and twice is once; what is refused says why, and counts for nothing', async () => {
  const { watchers, post, setAway } = await world();
  // Until what is kept has been read. A line that is refused would be refused before, too.
  await until(async () => (await post('\n')).status === 200);
  const gzip = { 'content-encoding': 'gzip', 'content-type': 'application/jsonl' };
  const tooLate = journalLine(0, 'Died').replace('2026', '2999');
  for (const [body, headers, status, why] of [
    [text(LINES), { secret: '' }, 401, /a token with the scope journal/],
    [text(LINES), { secret: 'tdl_nobody' }, 401, /nobody knows this token/],
    [text(LINES), { secret: 'tdl_scout' }, 403, /token scout does not have/],
    [null, {}, 400, /send lines of a journal/],
    ['hello', {}, 400, /line 1 is no event/],
    [text([...LINES, '{"timestamp":"2026-05-01T12:00:00Z"']), {}, 400, /line 6 is no event/],
    [text(LINES.slice(2)), {}, 400, /line 1 \(Docked\) comes before it is told whose it is/],
    [text([...LINES, tooLate]), {}, 400, /line 6 is of 2999.*set the clock/],
    [text(LINES), gzip, 400, /no gzip/],
    [gzipSync(text(LINES)).subarray(0, 100), gzip, 400, /no gzip/],
    [text(LINES), { 'content-encoding': 'br' }, 415, /br is not understood/],
    ['x'.repeat(5_000_000), {}, 413, /too large: send it in parts of 16 MB/],
    [gzipSync('x'.repeat(20_000_000)), gzip, 413, /too large/],
  ] as const) {
    const answer = await post(body, headers);
    expect(answer, String(why)).toMatchObject({
      status,
      body: { error: expect.stringMatching(why) as string },
    });
  }
  expect(watchers.book.sites.size + watchers.book.commanders.size).toBe(0);

  const taken = { status: 200, body: { lines: 5, read: 4 } };
  expect(await post(text(LINES))).toEqual(taken);
  const before = structuredClone(watchers.book.sites);
  for (const [body, headers] of [
    [text(LINES), { 'content-type': 'application/json' }],
    [gzipSync(LINES.join('\n')), gzip],
    [gzipSync(LINES.join('\n')), { 'content-encoding': 'GZip' }],
  ] as const)
    expect(await post(body, headers)).toEqual(taken);
  expect(watchers.book.sites).toEqual(before);
  expect(watchers.book.sites).toEqual(bookOf(LINES).sites);
  expect(watchers.senders()).toMatchObject([{ name: 'member', lines: 16 }]);

  // Only what is in the database is acknowledged.
  setAway(true);
  const more = text([...LINES, contributionLine(9, { steel: 1 })]);
  expect(await post(more)).toMatchObject({ status: 503, body: { error: /send it again/ } });
  setAway(false);
  expect((await post(more)).status).toBe(200);
});

test('a folder is followed to a daemon elsewhere, through outages and restarts', async () => {
  const { dir, server, watchers, setAway } = await world();
  const folder = join(dir, 'journals');
  mkdirSync(folder);
  writeFileSync(join(folder, FILE), text(LINES));
  const places = join(dir, 'sent.json');
  const told: string[] = [];
  const say = (_: unknown, line: string) => void told.push(line);
  const follow = (url: string, token = 'tdl_member') => {
    const sender = new JournalSender({
      folder: openFolder(SENT_LINES, folder, places),
      outlet: createUpload(url, token),
      ...{ time: realTime, random: () => 0, log: { debug: say, info: say, warn: say, error: say } },
    });
    sender.start();
    onTestFinished(() => sender.close());
    return sender;
  };
  // Nobody is there yet.
  const vain = follow('http://127.0.0.1:1');
  await until(() => told.some((line) => line.includes('127.0.0.1:1/api/v1/journal cannot be reached')));
  await vain.close();

  // One that will never take it.
  const [stranger, lost] = [follow(server.url, 'tdl_nobody'), follow(`${server.url}/elsewhere`)];
  const refusal = await stranger.refused.catch((error: unknown) => error as AppError);
  expect(refusal).toMatchObject({
    code: 'usage',
    advice: expect.stringContaining('tdl token add') as string,
  });
  await expect(lost.refused).rejects.toThrow(/says 404/);
  await Promise.all([stranger.close(), lost.close()]);

  const first = follow(`${server.url}/`);
  await until(() => first.state === 'tailing');
  expect(watchers.book.sites).toEqual(bookOf(LINES).sites);
  setAway(true);
  const later = [contributionLine(10, { steel: 7 }), contributionLine(11, { steel: 8 })];
  appendFileSync(join(folder, FILE), text(later.slice(0, 1)));
  writeFileSync(
    join(folder, 'Cargo.json'),
    journalLine(12, 'Cargo', { Vessel: 'Ship', Count: 3, Inventory: [{ Name: 'gold', Count: 3 }] }),
  );
  await until(() => first.state === 'backingOff');
  expect(told.at(-1)).toMatch(/says 503: it cannot be written.*it is tried again/);
  setAway(false);
  await until(() => first.state === 'tailing');
  await first.close();
  expect(watchers.book.commanders.get('F1')?.cargo.list?.goods).toEqual({ gold: 3 });

  // The next life goes on where this one was, and sends nothing again.
  const sentBefore = watchers.senders()[0]?.lines ?? 0;
  appendFileSync(join(folder, FILE), text(later.slice(1)));
  const second = follow(server.url);
  await until(() => second.state === 'tailing');
  const { lines: sentNow = 0 } = watchers.senders()[0] ?? {};
  // The line, with the commander and the place before it, and the side file.
  expect(sentNow - sentBefore).toBeLessThanOrEqual(6);
  expect(watchers.book.sites).toEqual(bookOf([...LINES, ...later]).sites);
  expect(readFileSync(join(folder, FILE), 'utf8')).toBe(text([...LINES, ...later]));
});
