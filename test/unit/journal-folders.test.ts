import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkJournals } from '../../src/app/checks.ts';
import { tempDir } from '../support/temp-dir.ts';

const GAME = 'Saved Games/Frontier Developments/Elite Dangerous';
const STEAM = `steamapps/compatdata/359320/pfx/drive_c/users/steamuser/${GAME}`;

/** A home directory with journals in these folders. */
function home(...folders: readonly string[]): string {
  const dir = tempDir();
  for (const folder of folders) {
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, 'Journal.2026-05-01T120000.01.log'), '');
  }
  return dir;
}

test.each([
  ['Windows', GAME],
  ['Proton', `.local/share/Steam/${STEAM}`],
  ['Flatpak', `.var/app/com.valvesoftware.Steam/.local/share/Steam/${STEAM}`],
  ['Wine', `.wine/drive_c/users/jameson/${GAME}`],
])('journals of %s are found', async (_, folder) => {
  const dir = home(folder);
  expect(await checkJournals([], { HOME: dir, USER: 'jameson' })).toEqual([
    { level: 'ok', about: 'journals', text: `none are read; journal_dirs could follow ${join(dir, folder)}` },
  ]);
});

test('a prefix elsewhere is found by its variable', async () => {
  const dir = home(`compat/pfx/drive_c/users/steamuser/${GAME}`);
  const [found] = await checkJournals([], {
    HOME: tempDir(),
    USER: 'x',
    STEAM_COMPAT_DATA_PATH: join(dir, 'compat'),
  });
  expect(found?.text).toContain(join(dir, 'compat'));
});

test('where there are none nothing is said; a folder that is followed is counted, or warned of', async () => {
  const dir = home('journals');
  expect(await checkJournals([], { HOME: tempDir(), USER: 'x' })).toEqual([]);
  expect(await checkJournals([join(dir, 'journals'), join(dir, 'none')], {})).toEqual([
    { level: 'ok', about: 'journals', text: `${join(dir, 'journals')}: 1 files` },
    { level: 'warn', about: 'journals', text: expect.stringContaining('is tried again: ENOENT') as string },
  ]);
});
