import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { withDatabase } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { SeededRandom } from '../support/random.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';

const report = (file: string) => fileURLToPath(new URL(`field-reports/${file}`, SHARED_DATA));

function stations(cwd: string) {
  return withDatabase(join(cwd, 'data/TradeDangerous.db'), (db) =>
    db
      .prepare('SELECT station_id AS id, type_id AS type, planetary, max_pad_size AS pads FROM Station')
      .all()
      .map((row) => ({ ...row })),
  );
}

describe.skipIf(!hasSharedData)('a market message that tells the type of its station', () => {
  test.each([
    ['v12', 24, 1],
    ['v13', 5, 9],
  ])('gives a new one its type, pads and planetary flag at once (%s)', async (contract, carrier, outpost) => {
    const cwd = tempDir();
    writeConfig(cwd, { contract });
    await runHere({ cwd, args: ['import', report('base.json')] });
    const { code } = await runHere({ cwd, args: ['replay', report('carrier-type-in-message.jsonl')] });
    expect(code).toBe(0);
    expect(stations(cwd)).toEqual(
      expect.arrayContaining([
        { id: 3_708_000_123, type: carrier, planetary: 'N', pads: 'L' },
        { id: 3_708_000_124, type: carrier, planetary: 'N', pads: 'L' },
        { id: 3_708_000_125, type: outpost, planetary: 'N', pads: 'M' },
      ]),
    );
  });

  test('without tables of our own there are none, and its type stays unknown', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { own_tables: false });
    await runHere({ cwd, args: ['import', report('base.json')] });
    await runHere({ cwd, args: ['replay', report('carrier-type-in-message.jsonl')] });
    expect(stations(cwd)).toContainEqual({ id: 3_708_000_125, type: 0, planetary: '?', pads: '?' });
    const own = withDatabase(join(cwd, 'data/TradeDangerous.db'), (db) =>
      db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'tdl%'").all(),
    );
    expect(own).toEqual([]);
  });
});

describe.skipIf(!hasSharedData)('a real stream of four schemas, replayed into an empty database', () => {
  const lines = () =>
    gunzipSync(readFileSync(new URL('eddn/stream-4-schemas.jsonl.gz', SHARED_DATA)))
      .toString()
      .trim()
      .split('\n');

  function content(cwd: string): Record<string, string[]> {
    return withDatabase(join(cwd, 'data/TradeDangerous.db'), (db) => {
      const rows = (table: string) => {
        const select = db.prepare(`SELECT * FROM ${table}`);
        select.setReadBigInts(true);
        return select.all().map((row) => Object.values(row).join());
      };
      const tables = [
        'System',
        'Station',
        'StationItem',
        'tdl_fact',
        'tdl_profile',
        'tdl_market',
        'tdl_waiting',
      ];
      return Object.fromEntries(tables.map((table) => [table, rows(table).sort()]));
    });
  }

  async function replayed(messages: readonly string[]) {
    const cwd = tempDir();
    const software = new Set(
      messages.map((line) => (JSON.parse(line) as { header: { softwareName: string } }).header.softwareName),
    );
    writeConfig(cwd, {
      edcd_source: fileURLToPath(new URL('fdevids/', SHARED_DATA)),
      whitelist: [...software].map((name) => ({ software: name })),
    });
    writeFileSync(join(cwd, 'stream.jsonl'), messages.join('\n'));
    const { code } = await runHere({ cwd, args: ['replay', 'stream.jsonl'] });
    expect(code).toBe(0);
    return content(cwd);
  }

  test('ends the same in order, in reverse and shuffled', { timeout: 60_000 }, async () => {
    const random = new SeededRandom(11);
    const shuffled = lines()
      .map((line) => [random.next(), line] as const)
      .sort(([a], [b]) => a - b)
      .map(([, line]) => line);
    const inOrder = await replayed(lines());
    expect(inOrder.StationItem!.length).toBeGreaterThan(500);
    expect(await replayed(lines().toReversed())).toEqual(inOrder);
    expect(await replayed(shuffled)).toEqual(inOrder);
  });
});
