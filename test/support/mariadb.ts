import { afterAll, beforeAll, describe } from 'vitest';
import { findMariadb } from './mariadb-binaries.ts';
import { MariadbServer, type ServerOptions } from './mariadb-server.ts';

const mariadb = await findMariadb();

/** `describe` for tests that need a real server: skipped where there is none. */
export const describeMariadb = describe.skipIf(mariadb === undefined);

/** A server for the surrounding `describeMariadb`: created before its tests, destroyed after them. */
export function useMariadb(options: ServerOptions = {}): MariadbServer {
  // Where there is no server the body of `describeMariadb` still runs to list its tests, but no hook does.
  const server = new MariadbServer(mariadb!, options);
  beforeAll(() => server.create());
  afterAll(() => server.destroy());
  return server;
}
