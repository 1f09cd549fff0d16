import { StoreError } from '../../../../domain/errors.ts';
import { OLD_TABLES, OWN_VERSION_TABLE, ownMigrations, type OwnTablesUse } from '../../shared/own-tables.ts';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';
import { tableNamed } from '../sql.ts';

/** Values are compared as the domain compares them: by code points. */
const migrations = () => ownMigrations('ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');

/**
 * Brings the tables of our own up to date, where there are any.
 *
 * @param wanted `make`: also where there are none; `look`: changes nothing
 * @returns the version that was found; 0: there were none
 * @throws StoreError `refused` when a newer version of this program made them
 */
export async function openOwnTables(link: Link, wanted: OwnTablesUse): Promise<number> {
  const all = migrations();
  const found = await readVersion(link);
  if (found > all.length) {
    throw new StoreError(
      'refused',
      `the tdl_ tables were made by a newer version of this program (${found})`,
      {
        advice: 'update this program, or set own_tables to false; nothing was changed',
      },
    );
  }
  if (found === all.length || wanted === 'look' || (found === 0 && wanted !== 'make')) return found;
  // There is no transaction around them: a call that is killed, or another program that does the same, does no harm.
  for (const statement of all.slice(found).flat()) await runBesideOthers(link, statement);
  for (const old of OLD_TABLES) if (await hasTable(link, old)) await link.run(`DROP TABLE IF EXISTS ${old}`);
  await link.run(
    `CREATE TABLE IF NOT EXISTS ${OWN_VERSION_TABLE} (id INT NOT NULL PRIMARY KEY, version INT NOT NULL) ENGINE=InnoDB`,
  );
  await link.run(`REPLACE INTO ${OWN_VERSION_TABLE} VALUES (1, ${all.length})`);
  return found;
}

/** Another daemon that does the same at this moment makes it fail, and done. */
async function runBesideOthers(link: Link, statement: string): Promise<void> {
  try {
    await link.run(statement);
  } catch (error) {
    if (rowFault(error) === undefined) throw error;
    await link.run(statement);
  }
}

async function readVersion(link: Link): Promise<number> {
  if (!(await hasTable(link, OWN_VERSION_TABLE))) return 0;
  const [row] = await link.rows(`SELECT version FROM ${OWN_VERSION_TABLE}`);
  return Number(row?.[0] ?? 0);
}

/** Whether a table of ours is there. */
export async function hasTable(link: Link, table: string): Promise<boolean> {
  return (await link.rows(tableNamed(table))).length > 0;
}
