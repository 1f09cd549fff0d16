import type { DatabaseSync } from 'node:sqlite';

/**
 * Everything that makes up the tables of a database, a line each, below the table's: columns (`!` not null, `=` its default, `#` place in
 * the primary key), parents (on update / on delete), indexes (those of a UNIQUE or a key by `u` or `pk`).
 */
export function sqliteShape(db: DatabaseSync): string[] {
  const rows = (sql: string) => db.prepare(sql).all() as Record<string, string | number | null>[];
  const tables = rows(
    `SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' ORDER BY name`,
  );
  return tables.flatMap(({ name: table, type, wr }) => {
    const columns = rows(`SELECT name, type, "notnull" AS filled, dflt_value AS value, pk
      FROM pragma_table_info('${table}')`).map(({ name, type: kind, filled, value, pk }) =>
      [name, kind, filled ? '!' : '', value === null ? '' : `=${value}`, pk ? `#${pk}` : '']
        .filter((part) => part !== '')
        .join(' '),
    );
    const parents = rows(`SELECT "from" AS name, "table" AS parent, "to" AS key, on_update, on_delete
      FROM pragma_foreign_key_list('${table}') ORDER BY name`).map(
      ({ name, parent, key, on_update: update, on_delete: remove }) =>
        `${name} -> ${parent}.${key} ${update}/${remove}`,
    );
    const indexes = rows(`SELECT name, "unique" AS single, origin, partial,
        (SELECT group_concat(concat_ws(' ', name, nullif(coll, 'BINARY'))) FROM pragma_index_xinfo(l.name) WHERE key)
          AS columns
      FROM pragma_index_list('${table}') l`)
      .map(
        ({ name, single, origin, partial, columns: of }) =>
          `${origin === 'c' ? name : origin}(${of})${single ? ' unique' : ''}${partial ? ' partial' : ''}`,
      )
      .sort();
    const heading = `${table}${type === 'view' ? ' view' : wr ? ' without rowid' : ''}`;
    return [heading, ...[...columns, ...parents, ...indexes].map((line) => `  ${line}`)];
  });
}
