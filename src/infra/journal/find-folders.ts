import { readdir } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { journalsAmong } from '../../domain/journal/file-names.ts';

const JOURNALS = join('Saved Games', 'Frontier Developments', 'Elite Dangerous');
/** Of the game at Steam. */
const PREFIX = join('steamapps', 'compatdata', '359320', 'pfx');

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns folders in which the game would have written journals on this computer, and has */
export async function findJournalFolders(env: Environment): Promise<string[]> {
  const found: string[] = [];
  for (const folder of candidates(env)) {
    if ((await countJournals(folder).catch(() => 0)) > 0) found.push(folder);
  }
  return found;
}

/** @throws Error of the file system */
export async function countJournals(folder: string): Promise<number> {
  return journalsAmong(await readdir(folder)).length;
}

/** Windows, Proton (Steam's own, in Flatpak, or as Steam tells), Wine. */
function candidates(env: Environment): string[] {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const steams = [
    join(home, '.local', 'share', 'Steam'),
    join(home, '.steam', 'steam'),
    join(home, '.var', 'app', 'com.valvesoftware.Steam', '.local', 'share', 'Steam'),
    join(home, '.var', 'app', 'com.valvesoftware.Steam', 'data', 'Steam'),
  ];
  const inPrefix = (prefix: string, user: string) => join(prefix, 'drive_c', 'users', user, JOURNALS);
  const compat = env.STEAM_COMPAT_DATA_PATH;
  const wine = env.WINEPREFIX ?? join(home, '.wine');
  return [
    join(home, JOURNALS),
    ...(compat === undefined ? [] : [inPrefix(join(compat, 'pfx'), 'steamuser')]),
    ...steams.map((steam) => inPrefix(join(steam, PREFIX), 'steamuser')),
    inPrefix(wine, env.USER ?? userInfo().username),
  ];
}
