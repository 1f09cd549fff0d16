import { stringify } from 'csv-stringify/sync';
import type { Generation } from '../../../domain/generation.ts';
import { TABLE_FILES, type TableFile } from '../../../domain/ports/store/galaxy-store.ts';

/**
 * The table files of the published set: what is in them, and the SQL that reads it. Source: Trade Dangerous' CSV
 * exporter and the way its clients load what it writes.
 */
export interface TableFileSpec {
  readonly name: TableFile;
  /** The first line, without line feed: key columns marked `unq:`, references as `column@Table.column`. */
  readonly header: string;
  readonly columns: readonly ColumnSpec[];
}

interface ColumnSpec {
  readonly name: string;
  /**
   * `id`: 64 bits. `number`: 32 bits. `float`: a coordinate, in double precision. `time`: `YYYY-MM-DD HH:MM:SS`.
   */
  readonly kind: 'id' | 'number' | 'float' | 'text' | 'time';
  /** Part of the primary key. */
  readonly isKey: boolean;
  /** The table whose key it is; all but `rare_station_id` must have a value. */
  readonly references: { readonly table: TableFile; readonly key: string } | null;
}

/** A value as a database gives it; ids may come as decimal text. */
export type Cell = string | number | bigint | null;

/** What differs between the databases: expressions for columns that must not be read plainly. */
export interface TableDialect {
  /** `YYYY-MM-DD HH:MM:SS`, never null. */
  readonly time: (column: string) => string;
  /** Double precision: some clients of MariaDB get six digits of a FLOAT otherwise. */
  readonly float: (column: string) => string;
}

/**
 * Two columns are left out that not every client takes. `System.added_id` (v12): a client refuses ids its own `Added`
 * lacks, and that table is not published. `lookup_name` (v13): clients that miss it compute it, by the rule of their
 * own version.
 */
const HEADERS: Readonly<Record<TableFile, string>> = {
  System: 'unq:system_id,name,pos_x,pos_y,pos_z,modified',
  Station:
    'unq:station_id,name,system_id@System.system_id,ls_from_star,blackmarket,max_pad_size,market,shipyard,outfitting,' +
    'rearm,refuel,repair,planetary,type_id,modified',
  Category: 'unq:category_id,name',
  Item: 'unq:item_id,name,category_id@Category.category_id,ui_order,avg_price,fdev_id',
  Ship: 'unq:ship_id,name,cost',
  Upgrade: 'unq:upgrade_id,name,class,rating,ship',
  ShipVendor: 'unq:ship_id@Ship.ship_id,unq:station_id@Station.station_id,modified',
  UpgradeVendor: 'unq:upgrade_id@Upgrade.upgrade_id,unq:station_id@Station.station_id,modified',
  RareItem:
    'unq:rare_id,station_id@Station.station_id,category_id@Category.category_id,unq:name,cost,max_allocation,illegal,' +
    'suppressed',
};

/** The one reference that may be empty; of v13 only, where the rares are items. */
const OPTIONAL = 'rare_station_id';

const KINDS: Readonly<Record<string, ColumnSpec['kind']>> = {
  ...kind('id', 'system_id', 'station_id', 'rare_station_id'),
  ...kind('float', 'pos_x', 'pos_y', 'pos_z'),
  ...kind(
    'text',
    'name',
    'ship',
    'rating',
    'blackmarket',
    'max_pad_size',
    'market',
    'shipyard',
    'outfitting',
  ),
  ...kind('text', 'rearm', 'refuel', 'repair', 'planetary', 'illegal', 'suppressed'),
  ...kind('time', 'modified'),
};

function kind(name: ColumnSpec['kind'], ...columns: string[]): Record<string, ColumnSpec['kind']> {
  return Object.fromEntries(columns.map((column) => [column, name]));
}

/** The files of a generation, in the order clients load them. */
export function tableFiles(generation: Generation): readonly TableFileSpec[] {
  return TABLE_FILES[generation].map((name) => {
    const header =
      HEADERS[name] + (generation === 'v13' && name === 'Item' ? `,${OPTIONAL}@Station.station_id` : '');
    return { name, header, columns: header.split(',').map(parseColumn) };
  });
}

function parseColumn(title: string): ColumnSpec {
  const [, unique, name = '', table, key] = /^(unq:)?(\w+)(?:@(\w+)\.(\w+))?$/.exec(title) ?? [];
  return {
    name,
    kind: KINDS[name] ?? 'number',
    // RareItem.name is unique but no key.
    isKey: unique !== undefined && name !== 'name',
    references: table === undefined || key === undefined ? null : { table: table as TableFile, key },
  };
}

/**
 * Reads the rows of a file in the order of its columns, ascending key. Left out are rows that refer to one which is
 * in no file, and rows without a name: a client that meets such a one loses many others with it.
 */
export function selectSql({ name, columns }: TableFileSpec, dialect: TableDialect): string {
  const expressions = columns.map(({ name: column, kind, references }) => {
    if (kind === 'time' || kind === 'float') return dialect[kind](`t.${column}`);
    return references !== null && column === OPTIONAL ? reference(references, `t.${column}`) : `t.${column}`;
  });
  const keys = columns.filter(({ isKey }) => isKey).map((column) => `t.${column.name}`);
  return `SELECT ${expressions.join(', ')} FROM ${name} t WHERE ${isPublished(name, 't')} ORDER BY ${keys.join(', ')}`;
}

/** A condition: whether the row `alias` of a table is in its file. */
export function isPublished(table: TableFile, alias: string, depth = 1): string {
  return HEADERS[table]
    .split(',')
    .map(parseColumn)
    .flatMap(({ name, references }) => {
      const value = `${alias}.${name}`;
      if (references !== null) return [`EXISTS ${reference(references, value, depth)}`];
      return name === 'name' ? [`${value} <> ''`] : [];
    })
    .join(' AND ');
}

/** The value if it is the key of a row that is published: a subquery of one row or none. */
function reference({ table, key }: NonNullable<ColumnSpec['references']>, value: string, depth = 1): string {
  const alias = `r${depth}`;
  const column = `${alias}.${key}`;
  return `(SELECT ${column} FROM ${table} ${alias} WHERE ${column} = ${value} AND ${isPublished(table, alias, depth + 1)})`;
}

/**
 * The text of rows, each with its line feed: texts and times quoted with `'`, numbers bare, null as `''`.
 *
 * @param rows cells in the order of the columns
 */
export function formatRows({ columns }: TableFileSpec, rows: readonly (readonly Cell[])[]): string {
  const bare = columns.map(({ kind }) => kind !== 'text' && kind !== 'time');
  const cells = rows.map((row) =>
    row.map((cell, i) => (typeof cell === 'string' && bare[i] === true ? BigInt(cell) : cell)),
  );
  return stringify(cells, { quote: "'", escape: "'", quoted_string: true, quoted_empty: true });
}
