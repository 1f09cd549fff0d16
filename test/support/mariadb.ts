import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { findMariadb } from './mariadb-binaries.ts';
import { MariadbServer, type ServerOptions } from './mariadb-server.ts';
import { until } from './until.ts';

const mariadb = await findMariadb();

/** `describe` for tests that need a real server: skipped where there is none. */
export const describeMariadb = describe.skipIf(mariadb === undefined);

/** The environment in which the client programs are found. */
export const mariadbEnv: Readonly<Record<string, string | undefined>> = {
  ...mariadb?.env,
  PATH: [path.dirname(mariadb?.client ?? ''), process.env.PATH].join(path.delimiter),
};

/** InnoDB looks at its transactions anew only when it has not been asked for a tenth of a second. */
export const INNODB_LOOK_MS = 250;

/** A server for the surrounding `describeMariadb`: created before its tests, destroyed after them. */
export function useMariadb(options: ServerOptions = {}): MariadbServer {
  // Where there is no server the body of `describeMariadb` still runs to list its tests, but no hook does.
  const server = new MariadbServer(mariadb!, options);
  const kept = process.env.TDL_STRYKER_MARIADB ?? '';
  if (kept !== '' && Object.keys(options).length === 0) server.join(kept);
  else {
    beforeAll(() => server.create());
    afterAll(() => server.destroy());
  }
  return server;
}

/** Resolves when somebody waits for rows that another one holds. */
export async function aWaitFor(server: MariadbServer): Promise<void> {
  await until(async () => {
    const [waits] = await server.sql(
      "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'",
    );
    return waits;
  }, INNODB_LOOK_MS);
}
