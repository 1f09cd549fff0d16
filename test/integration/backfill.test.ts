import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const MODIFIED = 'Mon, 02 Nov 2026 00:10:00 GMT';
const ofMarkets = (...ids: number[]) =>
  gzipSync(ids.map((marketId) => `${JSON.stringify(commodityMessage({ marketId }))}\n`).join(''));

/** An archive of EDDN's days, and a folder whose daemon would fetch from it. */
async function world(files: Record<string, Buffer>, modified = MODIFIED) {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const body = files[request.url ?? ''];
    if (body === undefined) return void response.writeHead(404).end();
    if (request.headers['if-modified-since'] === modified) return void response.writeHead(304).end();
    response.writeHead(200, { 'content-length': body.length, 'last-modified': modified });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const cwd = tempDir();
  writeConfig(cwd, { archive_url: `${url}/`, learn: false });
  const database = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(database, ['Sol']);
  const status = () => runHere({ cwd, args: ['status'] });
  const backfill = (...args: string[]) => runHere({ cwd, args: ['backfill', ...args] });
  return { cwd, url, database, asked, http, backfill, status };
}

test('days are fetched one by one and replayed, and what is there is not fetched again', async () => {
  const files = {
    '/2026-10/Commodity-2026-10-31.jsonl.bz2': ofMarkets(1, 2),
    '/2026-11/Commodity-2026-11-01.jsonl.bz2': ofMarkets(3),
  };
  const { cwd, database, asked, backfill } = await world(files);
  const range = ['--from', '2026-10-31', '--to', '2026-11-02'];

  const dry = await backfill(...range, '--dry-run');
  expect(dry.stdout).toMatch(
    /10-31.*: would be fetched.*\n.*11-01.*: would be fetched.*\n.*11-02.*: not in the archive/,
  );
  expect(asked.splice(0).every((line) => line.startsWith('HEAD'))).toBe(true);
  expect(marketRows(database)).toEqual([]);

  const first = await backfill(...range);
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/^Commodity-2026-10-31\.jsonl\.bz2: fetched, 0\.0 MiB\nreceived +2$/m);
  expect(new Set(marketRows(database).map((row) => row.station_id))).toEqual(new Set([1, 2, 3]));
  expect(asked.splice(0)).toEqual(
    [...Object.keys(files), '/2026-11/Commodity-2026-11-02.jsonl.bz2'].map((path) => `GET ${path}`),
  );
  expect(readdirSync(join(cwd, 'tmp/archives'))).toEqual([]);

  writeFileSync(join(cwd, 'tmp/archives/Commodity-2026-10-31.jsonl.bz2'), 'left by a run that was killed');
  const second = await backfill(...range);
  expect(readdirSync(join(cwd, 'tmp/archives'))).toEqual([]);
  expect(second.stdout).toMatch(/10-31.*: replayed before\n.*11-01.*: replayed before\n.*11-02.*: not in/);
  expect(second.stdout).not.toContain('received');
});

test('status says which days a backfill would fill, and they are whole after it', async () => {
  const days = [3, 2].map((back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10));
  const [first = '', second = ''] = days;
  const { cwd, url, backfill, status } = await world(
    Object.fromEntries(
      days.map((day, i) => [`/${day.slice(0, 7)}/Commodity-${day}.jsonl.bz2`, ofMarkets(i + 1)]),
    ),
    new Date().toUTCString(),
  );
  expect((await status()).stdout).not.toContain('days');
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  writeConfig(cwd, { archive_url: `${url}/`, learn: false, eddn_url: relay.url });
  const daemon = startProgram({ cwd });
  await relay.waitForSubscribers();
  await relay.publish(frame(commodityMessage({ marketId: 9 })));
  await until(() => marketRows(join(cwd, 'data/TradeDangerous.db')).length > 0);
  daemon.kill('SIGTERM');
  expect((await daemon.exit).code).toBe(0);

  expect((await status()).stdout).toMatch(
    new RegExp(
      `^days  0 of the last 7 are whole; missing: .*${first} \\(all\\).*; of today .*\n +tdl backfill --from `,
      'm',
    ),
  );
  expect((await backfill('--from', first, '--to', second)).code).toBe(0);
  const { stdout } = await status();
  expect(stdout).toMatch(/^days {2}2 of the last 7 are whole/m);
  expect(stdout).not.toContain(`${second} (all)`);
});

test('what is damaged is said and fetched again the next time', async () => {
  const path = '/2026-11/Commodity-2026-11-01.jsonl.bz2';
  const files = { [path]: ofMarkets(1).subarray(0, -10) };
  const { backfill, database } = await world(files);
  const range = ['--from', '2026-11-01', '--to', '2026-11-01'];
  const { code, stderr } = await backfill(...range);
  expect(code).toBe(1);
  expect(stderr).toContain('is damaged or cut short');
  files[path] = ofMarkets(1);
  expect((await backfill(...range)).code).toBe(0);
  expect(marketRows(database)).not.toEqual([]);
});

test('an archive that cannot be reached is a failure with a reason', async () => {
  const { cwd, http, backfill } = await world({});
  await new Promise((resolve) => http.close(resolve));
  const { code, stderr } = await backfill('--from', '2026-11-01', '--to', '2026-11-01');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^http:\S+ cannot be fetched: .*ECONNREFUSED.* \(.*the same command goes on.*archive_url\)\n$/,
  );
  expect(existsSync(join(cwd, 'tmp/archives'))).toBe(false);
});
