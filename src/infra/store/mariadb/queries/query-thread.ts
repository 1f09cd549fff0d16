import { workerData } from 'node:worker_threads';
import { QueryEngine } from '../../shared/queries/engine.ts';
import type { Cell, Dialect, QueryReader } from '../../shared/queries/reader.ts';
import { serveQueries } from '../../shared/queries/thread.ts';
import { createPool, type Link } from '../connection.ts';
import { toStoreError } from '../errors.ts';
import { epochOf, text } from '../sql.ts';
import type { QueryThreadData } from './queries.ts';

const { connection, generation } = workerData as QueryThreadData;
const { host, port, socketPath, database } = connection;

/** No question takes so long; a scan for the memory does not stand still for so long between two rows. */
const STATEMENT_TIMEOUT_MS = 20_000;

const DIALECT: Dialect = {
  epochOf,
  // The driver gives whole numbers beyond 2^53 as text.
  exact: (column) => `CAST(${column} AS CHAR)`,
  coordinate: (column) => `CAST(${column} AS DOUBLE)`,
  text,
};

const pool = createPool(connection, STATEMENT_TIMEOUT_MS);

async function borrowing<T>(run: (link: Link) => Promise<T>): Promise<T> {
  const link = await pool.acquire();
  try {
    return await run(link);
  } finally {
    link.release();
  }
}

const reader: QueryReader = {
  dialect: DIALECT,
  rows: (sql) => borrowing((link) => link.rows(sql)),
  each: (sql, take) =>
    borrowing(async (link) => {
      for await (const rows of link.stream(sql, STATEMENT_TIMEOUT_MS)) {
        for (const row of rows as Cell[][]) take(row);
      }
    }),
};

const engine = new QueryEngine(reader, generation);

serveQueries(
  () => engine,
  (error) => toStoreError(error, `MariaDB at ${socketPath ?? `${host}:${port}`}/${database}`),
  () => void pool.close(),
);
