import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  TABLE_FILES,
  type GalaxyStore,
  type PublishedFile,
} from '../../src/domain/ports/store/galaxy-store.ts';
import { publishSet } from '../../src/infra/publishing/published-set.ts';
import { clientTables } from '../support/client-tables.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Writes every file of the set, of which each says "new". */
function storeOf(files: readonly PublishedFile[]): GalaxyStore {
  const store: Pick<GalaxyStore, 'exportSet'> = {
    async exportSet(open) {
      for (const file of files) await open(file)(Buffer.from('new'));
      return { rows: {}, position: null };
    },
  };
  return store as GalaxyStore;
}

const SETS = (['v12', 'v13'] as const).flatMap((generation) => {
  const files: PublishedFile[] = [...TABLE_FILES[generation], 'listings'];
  return files.map((failing) => ({ generation, files, failing }));
});

test.each(SETS)(
  '$generation: where the file of $failing cannot be replaced, none is public before what it refers to',
  async ({ generation, files, failing }) => {
    const dir = tempDir();
    const directories = { csvDir: dir, exportDir: dir };
    const path = (file: PublishedFile) => join(dir, `${file}.csv`);
    for (const file of files) writeFileSync(path(file), 'old');
    rmSync(path(failing));
    mkdirSync(path(failing));
    const publish = () =>
      publishSet(storeOf(files.toReversed()), generation, directories, new AbortController().signal);
    await expect(publish()).rejects.toMatchObject({ code: 'publishPath' });

    const others = files.filter((file) => file !== failing);
    const isNew = new Set<string>(others.filter((file) => readFileSync(path(file), 'utf8') === 'new'));
    for (const { name, columns } of clientTables(generation)) {
      const referredTo = columns.flatMap(({ references = [] }) => references).filter((to) => to !== 'Added');
      if (isNew.has(name)) expect([...isNew], name).toEqual(expect.arrayContaining(referredTo));
    }
    expect(isNew, 'clients fetch all when the listings are new').not.toContain('listings');
    expect(readdirSync(dir).sort()).toEqual(files.map((file) => `${file}.csv`).sort());

    rmdirSync(path(failing));
    const { changed } = await publish();
    expect(new Set(changed)).toEqual(new Set(files.filter((file) => !isNew.has(file))));
    for (const file of files) expect(readFileSync(path(file), 'utf8')).toBe('new');
  },
);
