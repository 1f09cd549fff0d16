import path from 'node:path';
import { onPath, sayOnce, unpackedEnv, unpackPackages } from './packages.ts';

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

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];

function installed(): MariadbBinaries | undefined {
  const server = onPath('mariadbd');
  const installDb = onPath('mariadb-install-db', 'mysql_install_db');
  const client = onPath('mariadb');
  if (server === undefined || installDb === undefined || client === undefined) return undefined;
  return { server, installDb, client, baseDir: undefined, env: process.env };
}

function unpacked(root: string): MariadbBinaries {
  return {
    server: path.join(root, 'usr/sbin/mariadbd'),
    installDb: path.join(root, 'usr/bin/mariadb-install-db'),
    client: path.join(root, 'usr/bin/mariadb'),
    baseDir: path.join(root, 'usr'),
    env: unpackedEnv(root),
  };
}

/** Installed, else unpacked, else undefined (said in one line); with `CI=true` a missing server is an error. */
export async function findMariadb(): Promise<MariadbBinaries | undefined> {
  const found = installed();
  if (found !== undefined) return found;
  try {
    return unpacked(await unpackPackages('mariadb', PACKAGES));
  } catch (error) {
    const message = `MariaDB tests need mariadbd: none is installed, and its packages could not be unpacked`;
    if (process.env.CI === 'true') throw new Error(message, { cause: error });
    sayOnce('no-mariadb', `${message}; skipped`);
    return undefined;
  }
}
