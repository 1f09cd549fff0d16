import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  commoditySource,
  dumpCommoditiesFile,
  knownCommodities,
  type Base,
} from '../../src/app/ports/catalogue.ts';
import { createDumpCommodities } from '../../src/infra/spansh/dump-commodities.ts';
import { FDEVIDS_DIR } from '../support/messages.ts';
import { silentLog } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';

const never = new AbortController().signal;
const NEW_GOOD = { id: 129_999_999, symbol: 'novelty', category: 'Metals', name: 'Novelty', rare: false };

/** As a daemon has it on a new data directory, with EDCD's tables in a folder. */
function sourceOf(edcdSource: string) {
  const paths = { dataDir: tempDir() } as Base['paths'];
  const base = { config: { edcdSource }, paths, log: silentLog } as Base;
  return { source: commoditySource(base), dump: createDumpCommodities(dumpCommoditiesFile(paths)) };
}

test('until EDCD is reached, what dumps have named comes on top of what ships with the program', async () => {
  const folder = join(tempDir(), 'absent');
  const { source, dump } = sourceOf(folder);
  expect(await source.readCached()).toBeNull();
  const shipped = (await source.builtIn())!;
  expect(shipped.map(({ symbol }) => symbol)).toContain('Gold');
  await expect(source.refresh(never)).rejects.toMatchObject({ code: 'edcd' });

  await dump.learn([NEW_GOOD]);
  expect(await source.refresh(never)).toEqual({ commodities: [...shipped, NEW_GOOD], changed: true });
  await expect(source.refresh(never)).rejects.toMatchObject({ code: 'edcd' });
  // After a restart, too, it asks EDCD before it goes by that.
  expect(await source.readCached()).toBeNull();
  expect(await knownCommodities(source)).toEqual([...shipped, NEW_GOOD]);
});

test('once EDCD was reached its goods count, and what dumps have named', async () => {
  const { source, dump } = sourceOf(fileURLToPath(FDEVIDS_DIR));
  await dump.learn([NEW_GOOD]);
  const { commodities, changed } = await source.refresh(never);
  expect([changed, commodities.at(-1)]).toEqual([true, NEW_GOOD]);
  expect(await source.readCached()).toEqual(commodities);
  expect((await source.refresh(never)).changed).toBe(false);
});
