import { nameKey } from '../../../../domain/names.ts';
import type { DatabaseSync } from 'node:sqlite';

/** Ids of systems by {@link nameKey}; names no system bears are absent. */
export type SystemsByName = ReadonlyMap<string, readonly bigint[]>;

/** Looks all names up in one statement: a Trade Dangerous v12 database has no index on them. */
export function createSystemLookup(db: DatabaseSync): (names: readonly string[]) => SystemsByName {
  const select = db.prepare(
    'SELECT system_id, name FROM System WHERE name IN (SELECT value FROM json_each(?))',
  );
  select.setReadBigInts(true);
  return (names) => {
    if (names.length === 0) return new Map();
    const rows = select.all(JSON.stringify(names.map((name) => name.trim())));
    return new Map(
      [...Map.groupBy(rows, (row) => nameKey(String(row.name)))].map(([key, group]) => [
        key,
        group.map((row) => row.system_id as bigint),
      ]),
    );
  };
}
