import { EventEmitter } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { QueryEngine } from '../../src/infra/store/shared/queries/engine.ts';
import type { Cell, QueryReader } from '../../src/infra/store/shared/queries/reader.ts';

/** An engine on an SQLite file of generation v12, which follows its change log, and what it asks of it. */
export function engineOn(file: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => db.close());
  const asked: string[] = [];
  const asking = new EventEmitter<{ statement: [sql: string] }>();
  const reader: QueryReader = {
    dialect: {
      epochOf: (column) => `unixepoch(${column})`,
      exact: (column) => `CAST(${column} AS TEXT)`,
      coordinate: (column) => column,
      tableNamed: (name) => `SELECT 1 FROM sqlite_schema WHERE name = '${name}'`,
      text: (value) => `'${value}'`,
    },
    rows(sql) {
      asked.push(sql);
      asking.emit('statement', sql);
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return Promise.resolve(statement.all() as unknown as Cell[][]);
    },
    async each(sql, take) {
      for (const row of await this.rows(sql)) take(row);
    },
  };
  return { engine: new QueryEngine(reader, 'v12', true), asked, asking };
}
