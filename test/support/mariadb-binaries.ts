import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The server's programs and the environment they need. */
export interface MariadbBinaries {
  readonly server: string;
  readonly installDb: string;
  /** `mariadb`, the command line client. */
  readonly client: string;
  /** What `mariadb-install-db --basedir` takes; undefined = where it is installed. */
  readonly baseDir: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Libraries that every running system has, and that must match its loader. */
const NEVER_UNPACKED = new Set(['libc6', 'libgcc-s1', 'libstdc++6']);
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];
const CACHE = path.resolve('node_modules/.cache/tradedangerous-listener/mariadb');

function onPath(...names: string[]): string | undefined {
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

function installed(): MariadbBinaries | undefined {
  const server = onPath('mariadbd');
  const installDb = onPath('mariadb-install-db', 'mysql_install_db');
  const client = onPath('mariadb');
  if (server === undefined || installDb === undefined || client === undefined) return undefined;
  return { server, installDb, client, baseDir: undefined, env: process.env };
}

function unpacked(root: string): MariadbBinaries {
  const libraries = ['usr/lib', 'lib']
    .map((folder) => path.join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.name.includes('.so'))
    .map((entry) => entry.parentPath);
  return {
    server: path.join(root, 'usr/sbin/mariadbd'),
    installDb: path.join(root, 'usr/bin/mariadb-install-db'),
    client: path.join(root, 'usr/bin/mariadb'),
    baseDir: path.join(root, 'usr'),
    env: { ...process.env, LD_LIBRARY_PATH: [...new Set(libraries)].join(path.delimiter) },
  };
}

/** The packages' direct libraries, as this distribution names them. */
async function libraryPackages(apt: readonly string[]): Promise<string[]> {
  const { stdout } = await run('apt-cache', [...apt, 'depends', '--important', ...PACKAGES]);
  const names = stdout.matchAll(/^\s+\|?(?:Pre)?Depends: (lib[^\s<>]+)$/gm).map(([, name]) => name!);
  return [...new Set(names)].filter((name) => !NEVER_UNPACKED.has(name) && name !== 'libelogind0');
}

/**
 * Unpacks the distribution's own packages into a private folder: no root, nothing installed, package lists of its
 * own when the machine has none. Throws where that is impossible (no apt, no mirror).
 */
async function unpackMariadb(cache: string): Promise<MariadbBinaries> {
  const root = path.join(cache, 'root');
  if (existsSync(root)) return unpacked(root);
  mkdirSync(cache, { recursive: true });
  // Built beside its place and renamed: two workers may do this at once, and either may be killed.
  const work = mkdtempSync(path.join(cache, 'unpacking-'));
  try {
    let apt: string[] = [];
    const download = async (): Promise<void> => {
      const packages = [...PACKAGES, ...(await libraryPackages(apt))];
      await run('apt-get', [...apt, 'download', ...packages], { cwd: work });
    };
    await download().catch(async () => {
      for (const folder of ['lists/partial', 'archives/partial'])
        mkdirSync(path.join(work, folder), { recursive: true });
      apt = ['-o', `Dir::State::Lists=${work}/lists`, '-o', `Dir::Cache=${work}`];
      await run('apt-get', [...apt, 'update']);
      await download();
    });
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', path.join(work, file), path.join(work, 'root')]);
    }
    if (!existsSync(root)) renameSync(path.join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return unpacked(root);
}

/** Says once a test run, not once a worker, why the MariaDB tests are skipped: workers share their parent. */
function sayOnce(message: string): void {
  try {
    writeFileSync(path.join(tmpdir(), `tdl-no-mariadb-${process.ppid}`), '', { flag: 'wx' });
  } catch {
    return;
  }
  console.warn(message);
}

/** Installed, else unpacked, else undefined (said in one line); with `CI=true` a missing server is an error. */
export async function findMariadb(): Promise<MariadbBinaries | undefined> {
  const found = installed();
  if (found !== undefined) return found;
  try {
    return await unpackMariadb(CACHE);
  } catch (error) {
    const message = `MariaDB tests need mariadbd: none is installed, and its packages could not be unpacked`;
    if (process.env.CI === 'true') throw new Error(message, { cause: error });
    sayOnce(`${message}; skipped`);
    return undefined;
  }
}
