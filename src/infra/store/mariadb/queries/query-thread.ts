import { workerData } from 'node:worker_threads';
import { QueryEngine } from '../../shared/queries/engine.ts';
import type { Cell, Dialect, QueryReader } from '../../shared/queries/reader.ts';
import { serveQueries } from '../../shared/queries/thread.ts';
import { StoreError } from '../../../../domain/errors.ts';
import { recognise } from '../../shared/generation.ts';
import { readShape } from '../database.ts';
import { addressOf, createPool, type Link } from '../connection.ts';
import { toStoreError } from '../errors.ts';
import { epochOf, text } from '../sql.ts';
import type { QueryThreadData } from './queries.ts';

const { connection } = workerData as QueryThreadData;
const address = `MariaDB at ${addressOf(connection)}`;

/** No question takes so long; a scan for the memory does not stand still for so long between two rows. */
const STATEMENT_TIMEOUT_MS = 20_000;

const DIALECT: Dialect = {
  epochOf,
  // The driver gives whole numbers beyond 2^53 as text.
  exact: (column) => `CAST(${column} AS CHAR)`,
  coordinate: (column) => `CAST(${column} AS DOUBLE)`,
  tableNamed: (name) =>
    `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${name}'`,
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

let engine: Promise<QueryEngine> | undefined;

async function createEngine(): Promise<QueryEngine> {
  const generation = recognise(await borrowing(readShape), 'auto', address);
  if (generation === null) throw new StoreError('unavailable', `${address} has no tables yet`);
  return new QueryEngine(reader, generation);
}

function current(): Promise<QueryEngine> {
  const creating = (engine ??= createEngine());
  creating.catch(() => (engine = undefined));
  return creating;
}

serveQueries(
  current,
  (error) => toStoreError(error, address),
  () => void pool.close(),
);
