import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runProgram, writeConfig } from '../support/daemon.ts';
import { expectedListing, makeGalaxy, marketRows } from '../support/galaxy.ts';
import { commodity, commodityMessage } from '../support/messages.ts';
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
  written = 0,
  stale = 0,
  superseded = 0,
  'ever parked': everParked = 0,
  rejected = 0,
}: Record<string, number>): number {
  return written + stale + superseded + everParked + rejected;
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

    const { code, stdout } = await runProgram({ cwd, args: ['replay', 'day.jsonl.gz'] });

    const counts = outcomes(stdout);
    expect(code).toBe(0);
    expect(counts).toMatchObject({ received: 8, written: 1, 'ever parked': 1, rejected: 5 });
    expect(sumOfFates(counts)).toBe(8);
    expect(marketRows(join(cwd, 'data/TradeDangerous.db'))).toHaveLength(2);
  });

  test('a file that is not there is one clear line, exit 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const { code, stderr } = await runProgram({ cwd, args: ['replay', 'missing.jsonl'] });
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

    await runProgram({ cwd, args: ['replay', 'first.jsonl'] });
    expect(marketRows(database)).toHaveLength(0);
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(database);
    db.exec("INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (99, 'Alioth', 0, 0, 0)");
    db.close();
    const { stdout } = await runProgram({ cwd, args: ['replay', 'second.jsonl'] });

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

    const { code, stdout } = await runProgram({ cwd, args: ['replay', file] });

    const expected = expectedMarkets(messages, itemIdsFrom(new URL('fdevids/', SHARED_DATA)), known);
    expect(code).toBe(0);
    expect(marketRows(database)).toEqual(expected);
    expect(new Set(expected.map((row) => row.station_id)).size).toBeGreaterThan(20);
    const counts = outcomes(stdout);
    expect(counts.received).toBe(45);
    expect(sumOfFates(counts)).toBe(45);

    await runProgram({ cwd, args: ['--export-live-now'] });
    const exported = readFileSync(join(cwd, 'tmp/listings-live.csv'), 'utf8');
    expect(exported).toBe(expectedListing(marketRows(database), true));
  });

  test('the default whitelist refuses the clients of 2020 by name and version', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: edcd, whitelist: undefined, debug: true });
    const { stdout, stderr } = await runProgram({ cwd, args: ['replay', file] });
    expect(outcomes(stdout)).toMatchObject({ received: 45 });
    expect(stdout).toMatch(/software version too old: \d+/);
    expect(stderr).toMatch(/E:D Market Connector \[Windows\].*4\.0\.4/);
  });

  test('a mixed stream of four schemas: every line has its fate', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: edcd, whitelist: software.map((name) => ({ software: name })) });
    const stream = fileURLToPath(new URL('eddn/stream-4-schemas.jsonl.gz', SHARED_DATA));
    const { code, stdout } = await runProgram({ cwd, args: ['replay', stream] });
    const counts = outcomes(stdout);
    expect(code).toBe(0);
    expect(counts.received).toBe(1200);
    expect(sumOfFates(counts)).toBe(1200);
  });
});
