import {
  CATEGORIES,
  DEFAULT_GENERATION,
  type Generation,
  type GenerationChoice,
} from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { StoreInfo } from '../../../domain/ports/store/market-store.ts';
import { emptyDatabase, recognise, REQUIRED_TABLES, type Shape } from '../shared/generation.ts';
import { OWN_PREFIX } from '../shared/own-tables.ts';
import type { Link } from './connection.ts';
import { openOwnTables } from './galaxy/own-tables.ts';
import { tables, type Table } from './schema.ts';
import { statements, text } from './sql.ts';

/** What is known of a database once it has been recognised. */
export interface Recognised {
  readonly info: StoreInfo;
  /** No statement may be longer. */
  readonly maxStatementBytes: number;
  /** There are tables of our own, and they are used. */
  readonly hasOwnTables: boolean;
}

/** Older ones are not tried. */
const OLDEST = [10, 5, 2] as const;

/** The driver splits packets at 16 MiB, and longer statements gain nothing. */
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

/**
 * Looks at the server and the database, and makes the tables when there are none.
 *
 * @param address for messages
 * @param use.ownTables whether tables of our own are used, where there are any
 * @param use.looksOnly makes nothing
 * @throws StoreError `empty` when it only looks; `refused` when it is not a Trade Dangerous database of the chosen generation on a fit server
 */
export async function openDatabase(
  link: Link,
  choice: GenerationChoice,
  address: string,
  { ownTables, looksOnly }: { readonly ownTables: boolean; readonly looksOnly: boolean },
): Promise<Recognised> {
  const [[version, packetBytes] = []] = await link.rows('SELECT VERSION(), @@max_allowed_packet');
  const description = `MariaDB ${checkVersion(String(version), address)} at ${address}`;
  const maxStatementBytes = Math.min(Number(packetBytes), MAX_STATEMENT_BYTES) - 1024;

  const shape = await readShape(link);
  const fresh = choice === 'auto' ? DEFAULT_GENERATION : choice;
  const created = await isUnfinished(link, shape, fresh);
  if (created && looksOnly) throw emptyDatabase(`database ${address}`);
  if (created) await createTables(link, fresh, shape);
  const generation = created ? fresh : (recognise(shape, choice, `database ${address}`) ?? fresh);
  if (!created) await checkEngine(link, address);
  const hasOwnTables = ownTables && (await openOwnTables(link, looksOnly ? 'look' : 'update')) > 0;
  return { info: { backend: 'mariadb', generation, created, description }, maxStatementBytes, hasOwnTables };
}

/** @returns the version's number. @throws StoreError `refused`: too old, or not MariaDB */
function checkVersion(version: string, address: string): string {
  const [number, ...parts] = /(\d+)\.(\d+)\.(\d+)(?=-MariaDB)/i.exec(version) ?? [];
  if (number === undefined) {
    throw new StoreError('refused', `the server at ${address} is not MariaDB but says ${version}`, {
      advice: `name a MariaDB server ${OLDEST.join('.')} or newer in TD_DB_CONFIG`,
    });
  }
  const difference = parts.map((part, i) => Number(part) - (OLDEST[i] ?? 0)).find((each) => each !== 0) ?? 0;
  if (difference >= 0) return number;
  throw new StoreError('refused', `MariaDB ${number} at ${address} is too old`, {
    advice: `upgrade the server to ${OLDEST.join('.')} or newer`,
  });
}

export async function readShape(link: Link): Promise<Shape> {
  const found = await link.rows(
    `SELECT TABLE_NAME FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND LEFT(TABLE_NAME, 4) <> '${OWN_PREFIX}'`,
  );
  const columns = await link.rows(
    `SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Item'`,
  );
  // Some servers keep all names in lower case.
  const ours = new Map([...tables('v12'), ...tables('v13')].map(({ name }) => [name.toLowerCase(), name]));
  return {
    tables: new Set(found.map(([name]) => ours.get(String(name).toLowerCase()) ?? String(name))),
    itemColumns: new Set(columns.map(([name]) => String(name))),
  };
}

/**
 * Empty, or left half made by an earlier call that was killed or lacked a privilege: tables of this generation only,
 * without the last one, and not a row in them.
 */
async function isUnfinished(link: Link, shape: Shape, generation: Generation): Promise<boolean> {
  if (shape.tables.size === 0) return true;
  const ours = new Set(tables(generation).map(({ name }) => name));
  const isOurs =
    !shape.tables.has('StationItem') &&
    shape.tables.isSubsetOf(ours) &&
    // The first table of v12, which v13 does not have.
    shape.tables.has('Added') === (generation === 'v12');
  if (!isOurs) return false;
  const counts = [...shape.tables].map((name) => `EXISTS (SELECT 1 FROM ${name})`);
  const [filled = []] = await link.rows(`SELECT ${counts.join()}`);
  return filled.every((flag) => Number(flag) === 0);
}

async function createTables(link: Link, generation: Generation, shape: Shape): Promise<void> {
  const missing: Table[] = tables(generation).filter(({ name }) => !shape.tables.has(name));
  for (const { sql } of missing) await link.run(sql.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'));
  await seedCategories(link);
}

/** Only where there are none. */
export async function seedCategories(link: Link): Promise<void> {
  const [[filled] = []] = await link.rows('SELECT EXISTS (SELECT 1 FROM Category)');
  if (Number(filled) !== 0) return;
  const rows = CATEGORIES.map((name, i) => `(${i + 1}, ${text(name)})`);
  // Another program may do the same at this moment.
  const keep = ' ON DUPLICATE KEY UPDATE category_id = category_id';
  for (const sql of statements('INSERT INTO Category (category_id, name) VALUES ', rows, keep))
    await link.run(sql);
}

/** Without transactions a station could be half written. */
async function checkEngine(link: Link, address: string): Promise<void> {
  const names = REQUIRED_TABLES.map(text).join();
  const [other] = await link.rows(
    `SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names}) AND ENGINE <> 'InnoDB'`,
  );
  if (other === undefined) return;
  throw new StoreError('refused', `table ${String(other[0])} of ${address} is kept by ${String(other[1])}`, {
    advice: `ALTER TABLE ${String(other[0])} ENGINE = InnoDB: only that engine has transactions`,
  });
}
