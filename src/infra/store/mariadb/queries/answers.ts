import { QueryEngine } from '../../shared/queries/engine.ts';
import type { Cell, Dialect, QueryReader } from '../../shared/queries/reader.ts';
import { answerQuestions, type QueryMethods } from '../../shared/queries/thread.ts';
import { StoreError } from '../../../../domain/errors.ts';
import { recognise } from '../../shared/generation.ts';
import type { Service } from '../../../threads/rpc.ts';
import { readShape } from '../database.ts';
import { addressOf, createPool, type Link, type MariadbConnection } from '../connection.ts';
import { toStoreError } from '../errors.ts';
import { epochOf, text, tableNamed } from '../sql.ts';
import { Replica } from './replica.ts';

/** No question takes so long; a scan for the memory does not stand still for so long between two rows. */
const STATEMENT_TIMEOUT_MS = 20_000;

/** How long the first question waits for a replica that lags. */
const PATIENCE_MS = 5_000;

const DIALECT: Dialect = {
  epochOf,
  // The driver gives whole numbers beyond 2^53 as text.
  exact: (column) => `CAST(${column} AS CHAR)`,
  coordinate: (column) => `CAST(${column} AS DOUBLE)`,
  tableNamed,
  text,
};

/** What is read, and how. */
export interface ReadDatabase {
  readonly connection: MariadbConnection;
  /** The server that is written to, where `connection` leads to a replica of it. */
  readonly primary: MariadbConnection | null;
  /** Other processes write, and tell only the change log. */
  readonly followsLog: boolean;
}

/** Answers questions over connections of its own. */
export function createAnswers({ connection, primary, followsLog }: ReadDatabase): Service<QueryMethods> {
  const address = `MariaDB at ${addressOf(connection)}`;
  const pool = createPool(connection, STATEMENT_TIMEOUT_MS);

  async function borrowing<T>(run: (link: Link) => Promise<T>, from = pool): Promise<T> {
    const link = await from.acquire();
    try {
      return await run(link);
    } finally {
      link.release();
    }
  }

  const reader: QueryReader = {
    dialect: DIALECT,
    rows: (sql) => borrowing((link) => link.rows(sql)),
    rowsOfOne: (sql, id) => borrowing((link) => link.rowsOfOne(sql, id)),
    each: (sql, take) =>
      borrowing(async (link) => {
        for await (const rows of link.stream(sql, STATEMENT_TIMEOUT_MS)) {
          for (const row of rows as Cell[][]) take(row);
        }
      }),
  };

  let engine: Promise<QueryEngine> | undefined;
  const primaryPool = primary === null ? null : createPool(primary, STATEMENT_TIMEOUT_MS);
  const replica =
    primaryPool === null
      ? null
      : new Replica({
          primary: (sql) => borrowing((link) => link.rows(sql), primaryPool),
          replica: (sql) => reader.rows(sql),
          deliver: (changed) => note(changed),
        });

  async function createEngine(): Promise<QueryEngine> {
    const generation = recognise(await borrowing(readShape), 'auto', address);
    if (generation === null) throw new StoreError('unavailable', `${address} has no tables yet`);
    // What is written and not there yet would be missing from the memory, and nobody would tell of it again.
    if (replica !== null && !(await replica.catchUp(PATIENCE_MS))) replica.hold('all');
    return new QueryEngine(reader, generation, followsLog);
  }

  function current(): Promise<QueryEngine> {
    const creating = (engine ??= createEngine());
    creating.catch(() => (engine = undefined));
    return creating;
  }

  const { methods, note } = answerQuestions(current, (error) => toStoreError(error, address), replica);
  return {
    methods,
    async onClose() {
      replica?.close();
      await Promise.all([primaryPool?.close(), pool.close()]);
    },
  };
}
