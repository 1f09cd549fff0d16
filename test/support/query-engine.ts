import { EventEmitter } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { QueryEngine } from '../../src/infra/store/shared/queries/engine.ts';
import type { Cell } from '../../src/infra/store/shared/queries/reader.ts';
import { SqliteReader } from '../../src/infra/store/sqlite/queries/reader.ts';

/** An engine on an SQLite file of generation v12, which follows its change log, and what it asks of it. */
export function engineOn(file: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => db.close());
  const asked: string[] = [];
  const asking = new EventEmitter<{ statement: [sql: string] }>();
  asking.on('statement', (sql) => asked.push(sql));
  class Reader extends SqliteReader {
    override rows(sql: string) {
      asking.emit('statement', sql);
      return super.rows(sql);
    }
    override each(sql: string, take: (row: readonly Cell[]) => void) {
      asking.emit('statement', sql);
      return super.each(sql, take);
    }
  }
  return { engine: new QueryEngine(new Reader(db), 'v12', true), asked, asking };
}
