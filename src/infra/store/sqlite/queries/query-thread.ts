import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { QueryEngine } from '../../shared/queries/engine.ts';
import type { Cell, Dialect, QueryReader } from '../../shared/queries/reader.ts';
import { answerQuestions } from '../../shared/queries/thread.ts';
import { StoreError } from '../../../../domain/errors.ts';
import { recognise } from '../../shared/generation.ts';
import { threadModule } from '../../../threads/rpc.ts';
import { BUSY_MS, readShape } from '../database.ts';
import { toStoreError } from '../errors.ts';
import type { QueryThreadData } from './queries.ts';

const DIALECT: Dialect = {
  epochOf: (column) => `unixepoch(${column})`,
  exact: (column) => `CAST(${column} AS TEXT)`,
  coordinate: (column) => column,
  tableNamed: (name) => `SELECT 1 FROM sqlite_schema WHERE name = '${name}'`,
  text: (value) => `'${value.replaceAll("'", "''")}'`,
};

/** Between two looks at what else this thread has been asked. */
const ROWS_AT_ONCE = 20_000;

class SqliteReader implements QueryReader {
  readonly dialect = DIALECT;
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  rows(sql: string): Promise<Cell[][]> {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return Promise.resolve(statement.all() as unknown as Cell[][]);
  }

  async each(sql: string, take: (row: readonly Cell[]) => void): Promise<void> {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    let count = 0;
    for (const row of statement.iterate() as unknown as Iterable<Cell[]>) {
      take(row);
      if (++count % ROWS_AT_ONCE === 0) await setImmediate();
    }
  }
}

function createQueryThread({ file, followsLog }: QueryThreadData) {
  /** The open file, and which one it was: Trade Dangerous puts a database aside to begin a new one. */
  let open: { readonly db: DatabaseSync; readonly inode: bigint; readonly engine: QueryEngine } | undefined;

  function current(): QueryEngine {
    const inode = statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? -1n;
    if (open?.inode !== inode) {
      open?.db.close();
      open = undefined;
      const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
      const generation = recognise(readShape(db), 'auto', file);
      if (generation === null) throw new StoreError('unavailable', `${file} has no tables yet`);
      open = { db, inode, engine: new QueryEngine(new SqliteReader(db), generation, followsLog) };
    }
    return open.engine;
  }

  const { methods } = answerQuestions(current, (error) => toStoreError(error, file));
  return { methods, onClose: () => open?.db.close() };
}

export default threadModule(createQueryThread);
