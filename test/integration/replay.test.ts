import { cpSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { expectedListing, makeGalaxy, marketRows } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { commodity, commodityMessage, FDEVIDS_DIR } from '../support/messages.ts';
import { expectedMarkets, itemIdsFrom } from '../support/oracle.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';

/** `written 12 (345 rows)` and the like, as numbers by their name. */
function outcomes(summary: string): Record<string, number> {
  return Object.fromEntries(
    Array.from(summary.matchAll(/^([a-z]+(?: [a-z]+)?) +(\d+)/gm), ([, name = '', count]) => [
      name,
      Number(count),
    ]),
  );
}

function sumOfFates({
  learned = 0,
  written = 0,
  stale = 0,
  superseded = 0,
  'ever parked': everParked = 0,
  rejected = 0,
}: Record<string, number>): number {
  return learned + written + stale + superseded + everParked + rejected;
}

describe('replay', () => {
  test('accounts for every line: written, stale or superseded, parked, rejected by reason', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    const lines = [
      commodityMessage(),
      commodityMessage({ timestamp: '2026-05-01T11:00:00Z' }),
      commodityMessage({ marketId: 3_700_000_001, systemName: 'Nowhere' }),
      commodityMessage({ marketId: undefined }),
      commodityMessage({ header: { softwareName: 'Unheard Of' } }),
      commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/journal/1' }),
      commodityMessage({ marketId: 77, commodities: [commodity('nosuchthing')] }),
    ].map((message) => JSON.stringify(message));
    writeFileSync(join(cwd, 'day.jsonl.gz'), gzipSync([...lines, '{broken', ''].join('\n')));

    const { code, stdout } = await runHere({ cwd, args: ['replay', 'day.jsonl.gz'] });

    const counts = outcomes(stdout);
    expect(code).toBe(0);
    expect(counts).toMatchObject({ received: 8, written: 1, 'ever parked': 1, rejected: 5 });
    expect(sumOfFates(counts)).toBe(8);
    expect(marketRows(join(cwd, 'data/TradeDangerous.db'))).toHaveLength(2);
  });

  test('a file that is not there is one clear line, exit 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const { code, stderr } = await runHere({ cwd, args: ['replay', 'missing.jsonl'] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/missing\.jsonl/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('parked messages are written by a later run that knows their system', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    writeFileSync(
      join(cwd, 'first.jsonl'),
      JSON.stringify(commodityMessage({ marketId: 5, systemName: 'Alioth' })),
    );
    writeFileSync(join(cwd, 'second.jsonl'), JSON.stringify(commodityMessage({ marketId: 6 })));

    await runHere({ cwd, args: ['replay', 'first.jsonl'] });
    expect(marketRows(database)).toHaveLength(0);
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(database);
    db.exec("INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (99, 'Alioth', 0, 0, 0)");
    db.close();
    const { stdout } = await runHere({ cwd, args: ['replay', 'second.jsonl'] });

    expect(new Set(marketRows(database).map((row) => row.station_id))).toEqual(new Set([5, 6]));
    expect(outcomes(stdout)).toMatchObject({ received: 1, restored: 1, written: 2 });
  });
});

interface RealMessage {
  readonly header: { readonly softwareName: string };
  readonly message: { readonly systemName: string };
}

describe.skipIf(!hasSharedData)('replay of real messages', () => {
  const file = fileURLToPath(new URL('eddn/commodity-real.jsonl', SHARED_DATA));
  // The body of a skipped suite runs, too.
  const lines = hasSharedData ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const messages = lines.map((line) => JSON.parse(line) as RealMessage);
  const edcd = fileURLToPath(new URL('fdevids/', SHARED_DATA));
  const software = [...new Set(messages.map(({ header }) => header.softwareName))];

  test('writes every market whose system is known, exactly as computed independently', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: edcd, whitelist: software.map((name) => ({ software: name })) });
    const names = [...new Set(messages.map(({ message }) => message.systemName))];
    const known = new Set(names.filter((_, i) => i % 10 !== 3));
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, [...known]);

    const { code, stdout } = await runHere({ cwd, args: ['replay', file] });

    const expected = expectedMarkets(messages, itemIdsFrom(new URL('fdevids/', SHARED_DATA)), known);
    expect(code).toBe(0);
    expect(marketRows(database)).toEqual(expected);
    expect(new Set(expected.map((row) => row.station_id)).size).toBeGreaterThan(20);
    const counts = outcomes(stdout);
    expect(counts.received).toBe(45);
    expect(sumOfFates(counts)).toBe(45);

    await runHere({ cwd, args: ['--export-live-now'] });
    const exported = readFileSync(join(cwd, 'tmp/listings-live.csv'), 'utf8');
    expect(exported).toBe(expectedListing(marketRows(database), true));
  });

  test('the default whitelist refuses the clients of 2020 by name and version', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: edcd, whitelist: undefined, debug: true });
    const { stdout, stderr } = await runHere({ cwd, args: ['replay', file] });
    expect(outcomes(stdout)).toMatchObject({ received: 45 });
    expect(stdout).toMatch(/software version too old: \d+/);
    expect(stderr).toMatch(/E:D Market Connector \[Windows\].*4\.0\.4/);
  });

  test('a mixed stream of four schemas: every line has its fate', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: edcd, whitelist: software.map((name) => ({ software: name })) });
    const stream = fileURLToPath(new URL('eddn/stream-4-schemas.jsonl.gz', SHARED_DATA));
    const { code, stdout } = await runHere({ cwd, args: ['replay', stream] });
    const counts = outcomes(stdout);
    expect(code).toBe(0);
    expect(counts.received).toBe(1200);
    expect(counts.learned).toBeGreaterThan(200);
    expect(sumOfFates(counts)).toBe(1200 + (counts.restored ?? 0));
  });
});

describe('the catalogue of a replay', () => {
  const FIXTURES = fileURLToPath(FDEVIDS_DIR);

  /** A place with its own EDCD tables, their cache filled. */
  async function prepared() {
    const cwd = tempDir();
    const tables = join(cwd, 'fdevids');
    cpSync(FIXTURES, tables, { recursive: true });
    writeConfig(cwd, { edcd_source: tables });
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    writeFileSync(join(cwd, 'nothing.jsonl'), '');
    await runHere({ cwd, args: ['replay', 'nothing.jsonl'] });
    const names = ['gold', 'silver', 'newgood'];
    const message = commodityMessage({ commodities: names.map((name) => commodity(name)) });
    writeFileSync(join(cwd, 'day.jsonl'), JSON.stringify(message));
    return { cwd, tables, file: join(tables, 'commodity.csv') };
  }

  const items = (cwd: string) => marketRows(join(cwd, 'data/TradeDangerous.db')).map(({ item_id: id }) => id);
  const GOLD = 128_049_154;
  const SILVER = 128_049_155;
  const NEW = 128_999_999;

  test.each([
    ['was damaged', (text: string) => text.replace(',Metals,Gold', ',Metals,"Gold')],
    ['was cut', (text: string) => text.slice(0, text.length / 2)],
    ['has lost a row', (text: string) => text.replace(/^128049155.*\r\n/m, '')],
  ])('forgets no good when the table %s', async (_, damage) => {
    const { cwd, file } = await prepared();
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    // Whatever the cache holds by then.
    for (let run = 1; run <= 2; run += 1) {
      const { code, stderr } = await runHere({ cwd, args: ['replay', 'day.jsonl'] });
      expect(code, stderr).toBe(0);
      expect(items(cwd)).toEqual([GOLD, SILVER]);
    }
  });

  test('is asked for before a good is called unknown', async () => {
    const { cwd, tables } = await prepared();
    // It takes its time, with the cache at hand.
    const server = createServer((request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const more = name === 'commodity.csv' ? `${NEW},NewGood,Metals,New Good\r\n` : '';
      setTimeout(() => response.end(readFileSync(join(tables, name), 'utf8') + more), 700);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    writeConfig(cwd, { edcd_source: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const { code, stderr } = await runHere({ cwd, args: ['replay', 'day.jsonl'] });
    expect(code, stderr).toBe(0);
    expect(items(cwd)).toEqual([GOLD, SILVER, NEW]);
  });
});
