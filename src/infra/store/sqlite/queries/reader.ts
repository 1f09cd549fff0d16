import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Cell, Dialect, QueryReader } from '../../shared/queries/reader.ts';

const DIALECT: Dialect = {
  epochOf: (column) => `unixepoch(${column})`,
  exact: (column) => `CAST(${column} AS TEXT)`,
  coordinate: (column) => column,
  tableNamed: (name) => `SELECT 1 FROM sqlite_schema WHERE name = '${name}'`,
  // A NUL would end the statement.
  text: (value) => `('${value.replaceAll("'", "''").replaceAll('\0', "'||char(0)||'")}')`,
};

/** Between two looks at what else this thread has been asked. */
const ROWS_AT_ONCE = 20_000;

export class SqliteReader implements QueryReader {
  readonly dialect = DIALECT;
  readonly #db: DatabaseSync;
  /** What is asked of one id: to prepare it takes as long as to read a station. */
  readonly #ofOne = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  rows(sql: string): Promise<Cell[][]> {
    return Promise.resolve(this.#prepare(sql).all() as unknown as Cell[][]);
  }

  rowsOfOne(sql: string, id: number | bigint): Promise<Cell[][]> {
    const statement = this.#ofOne.get(sql) ?? this.#prepare(sql);
    this.#ofOne.set(sql, statement);
    return Promise.resolve(statement.all(BigInt(id)) as unknown as Cell[][]);
  }

  async each(sql: string, take: (row: readonly Cell[]) => void): Promise<void> {
    const statement = this.#prepare(sql);
    let count = 0;
    for (const row of statement.iterate() as unknown as Iterable<Cell[]>) {
      take(row);
      if (++count % ROWS_AT_ONCE === 0) await setImmediate();
    }
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}
