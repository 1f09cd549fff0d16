import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { kept } from './kept.ts';

const run = promisify(execFile);

/** Libraries that every running system has, and that must match its loader. */
const NEVER_UNPACKED = new Set(['libc6', 'libgcc-s1', 'libstdc++6']);

/** Where one of these programs is installed. */
export function onPath(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const name of names) {
    for (const folder of folders.filter((entry) => entry !== '')) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/** The environment in which programs of unpacked packages find their libraries. */
export function unpackedEnv(root: string): NodeJS.ProcessEnv {
  const libraries = ['usr/lib', 'lib']
    .map((folder) => path.join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.name.includes('.so'))
    .map((entry) => entry.parentPath);
  return { ...process.env, LD_LIBRARY_PATH: [...new Set(libraries)].join(path.delimiter) };
}

/** The packages' direct libraries, as this distribution names them. */
async function libraryPackages(apt: readonly string[], packages: readonly string[]): Promise<string[]> {
  const { stdout } = await run('apt-cache', [...apt, 'depends', '--important', ...packages]);
  const names = stdout.matchAll(/^\s+\|?(?:Pre)?Depends: (lib[^\s<>]+)$/gm).map(([, name]) => name!);
  return [...new Set(names)].filter((name) => !NEVER_UNPACKED.has(name) && name !== 'libelogind0');
}

/**
 * Unpacks the distribution's own packages into a private folder: no root, nothing installed, package lists of its
 * own when the machine has none. Throws where that is impossible (no apt, no mirror).
 * @param subject the folder's name
 * @returns where they lie
 */
export async function unpackPackages(subject: string, wanted: readonly string[]): Promise<string> {
  return kept(`${subject}/root`, async (work) => {
    let apt: string[] = [];
    const download = async (): Promise<void> => {
      const packages = [...wanted, ...(await libraryPackages(apt, wanted))];
      await run('apt-get', [...apt, 'download', ...packages], { cwd: work });
    };
    await download().catch(async () => {
      for (const folder of ['lists/partial', 'archives/partial'])
        mkdirSync(path.join(work, folder), { recursive: true });
      apt = ['-o', `Dir::State::Lists=${work}/lists`, '-o', `Dir::Cache=${work}`];
      await run('apt-get', [...apt, 'update']);
      await download();
    });
    const root = path.join(work, 'root');
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', path.join(work, file), root]);
    }
    return root;
  });
}

/** Says once a test run, not once a worker, why tests are skipped: workers share their parent. */
export function sayOnce(subject: string, message: string): void {
  try {
    writeFileSync(path.join(tmpdir(), `tdl-${subject}-${process.ppid}`), '', { flag: 'wx' });
  } catch {
    return;
  }
  console.warn(message);
}
