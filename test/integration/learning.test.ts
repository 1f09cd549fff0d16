import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runProgram, writeConfig } from '../support/daemon.ts';
import { withDatabase } from '../support/galaxy.ts';
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
    await runProgram({ cwd, args: ['import', report('base.json')] });
    const { code } = await runProgram({ cwd, args: ['replay', report('carrier-type-in-message.jsonl')] });
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
    await runProgram({ cwd, args: ['import', report('base.json')] });
    await runProgram({ cwd, args: ['replay', report('carrier-type-in-message.jsonl')] });
    expect(stations(cwd)).toContainEqual({ id: 3_708_000_125, type: 0, planetary: '?', pads: '?' });
    const own = withDatabase(join(cwd, 'data/TradeDangerous.db'), (db) =>
      db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'tdl%'").all(),
    );
    expect(own).toEqual([]);
  });
});
