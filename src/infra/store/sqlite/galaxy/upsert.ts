import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/**
 * Prepares a statement that inserts a row, or changes the one of this key if a column differs: what is as told already
 * is not written again. Text is compared with case.
 *
 * @param key the column of the primary key, first of the values
 * @param condition a further condition for a change, between the stored row (by the table's name) and `excluded`
 * @returns whether something was written
 */
export function prepareUpsert(
  db: DatabaseSync,
  table: string,
  key: string,
  columns: readonly string[],
  condition = '1',
): (...values: readonly SQLInputValue[]) => boolean {
  const all = [key, ...columns];
  const old = columns.map((column) => `${table}.${column} COLLATE BINARY`);
  const told = columns.map((column) => `excluded.${column}`);
  // The key is there twice, as primary and as unique one, so the conflict is not named.
  const statement = db.prepare(
    `INSERT INTO ${table} (${all.join()}) VALUES (${all.map(() => '?').join()})
     ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join()}
     WHERE (${old.join()}) IS NOT (${told.join()}) AND ${condition}`,
  );
  return (...values) => Number(statement.run(...values).changes) > 0;
}

/**
 * A condition for {@link prepareUpsert}: what is told is not older than what is stored, or that has no time, or one later
 * than the last of the values: epoch seconds, nobody has observed anything later.
 */
export function notOlder(table: string): string {
  return `(coalesce(unixepoch(excluded.modified) >= unixepoch(${table}.modified), 1) OR unixepoch(${table}.modified) > ?)`;
}
