import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { readCachedCommodities, refreshCommodities } from '../../src/infra/edcd/commodities.ts';
import { FDEVIDS_DIR, testCatalogue } from '../support/messages.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIXTURES = fileURLToPath(FDEVIDS_DIR);
const never = new AbortController().signal;
const table = () => readFile(join(FIXTURES, 'commodity.csv'), 'utf8');

let cache: string;
beforeEach(() => void (cache = tempDir()));

/** A directory with the two tables, the first one replaced. */
async function source(commodity: string): Promise<string> {
  const path = tempDir();
  await cp(FIXTURES, path, { recursive: true });
  await writeFile(join(path, 'commodity.csv'), commodity);
  return path;
}

/** What refreshing throws. */
function failure(from: string): Promise<unknown> {
  return refreshCommodities(from, cache, never).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

describe('a table that shrinks', () => {
  test.each([
    ['by five rows is taken', 5, true],
    ['by six rows is refused', 6, false],
  ])('%s', async (_, lost, isTaken) => {
    await refreshCommodities(FIXTURES, cache, never);
    const lines = (await table()).trimEnd().split('\r\n');
    const path = await source(`${lines.slice(0, -lost).join('\r\n')}\r\n`);
    if (isTaken) expect((await refreshCommodities(path, cache, never)).changed).toBe(true);
    else
      expect(await failure(path)).toMatchObject({
        code: 'edcd',
        message: expect.stringContaining('has lost 6 of the 31 rows it had'),
      });
    const kept = (await readCachedCommodities(cache))?.length;
    expect(kept).toBe(testCatalogue().commodities.length - (isTaken ? lost : 0));
  });

  test('as one does when its end is cut off on the way is refused', async () => {
    await refreshCommodities(FIXTURES, cache, never);
    const text = await table();
    expect(await failure(await source(text.slice(0, text.length / 2)))).toMatchObject({ code: 'edcd' });
  });

  test.runIf(hasSharedData)(
    'for a quote that is never closed is refused, even when nothing is cached',
    async () => {
      const report = await readFile(new URL('field-reports/shrunk-table.commodity.csv', SHARED_DATA), 'utf8');
      const path = await source(report);
      expect(await failure(path)).toMatchObject({
        code: 'edcd',
        message: 'commodity.csv is damaged: 254 of its rows cannot be read',
      });
    },
  );
});
