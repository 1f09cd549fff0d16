import { hostname } from 'node:os';
import { AppError } from '../../domain/errors.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Lease } from '../../domain/ports/upkeep/leadership.ts';
import type { Epoch } from '../../infra/store/mariadb/leadership/fence.ts';
import type { Mirror } from '../../domain/ports/publishing/mirror.ts';
import type { SharedPlaces } from '../../infra/publishing/shared-files.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { publishedFiles } from '../http/telling.ts';
import { deltasDirectory, hasDeltas } from './delta-publisher.ts';
import { connectionTo } from './store.ts';

/** What a daemon shares with others on its database. */
export interface Cluster {
  readonly lease: Lease;
  readonly state: AggregateStore;
}

/**
 * @returns null, and nothing is loaded: no other daemon shares the database
 * @throws AppError `config.cluster`
 */
export async function leaseOf({
  config,
  database,
}: Pick<Bootstrap, 'config' | 'database'>): Promise<(Lease & Epoch) | null> {
  const { clusterUrl, httpListen, ownTables } = config;
  if (clusterUrl === null) return null;
  const refuse = (why: string, advice: string): never => {
    throw new AppError('config.cluster', `cluster_url is set, but ${why}`, { advice });
  };
  if (database.backend === 'sqlite') {
    return refuse(
      'the database is SQLite, which one daemon has for itself',
      'set it to null, or name a MariaDB server in TD_DB_CONFIG',
    );
  }
  if (!ownTables) return refuse('own_tables is false: who leads is kept there', 'set own_tables to true');
  if (httpListen === null) {
    return refuse(
      'http_listen is null: the other daemons fetch files there',
      'set http_listen to an address they reach',
    );
  }
  const { createMariadbLease } = await import('../../infra/store/mariadb/leadership/lease.ts');
  return createMariadbLease({
    connection: connectionTo(database),
    name: `${hostname()}, process ${process.pid}`.slice(0, 128),
    url: clusterUrl,
  });
}

/** The published files of a daemon, which all daemons on a database have alike. */
export function sharedPlaces({ config, paths }: Pick<Bootstrap, 'config' | 'paths'>): SharedPlaces {
  const withDeltas = hasDeltas(config);
  return {
    files: publishedFiles(paths, withDeltas),
    ...(withDeltas && { deltasDir: deltasDirectory({ paths }) }),
  };
}

/** What fetches them from the daemon that leads. */
export async function mirrorOf(base: Pick<Bootstrap, 'config' | 'paths'>): Promise<Mirror> {
  const { createMirror } = await import('../../infra/publishing/mirror.ts');
  return createMirror(sharedPlaces(base));
}
