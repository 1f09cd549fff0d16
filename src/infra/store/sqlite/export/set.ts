import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import type {
  ExportedSet,
  PublishedFile,
  PublishedParts,
} from '../../../../domain/ports/store/galaxy-store.ts';
import type { CallContext } from '../../../threads/rpc.ts';
import {
  formatRows,
  selectSql,
  tableFiles,
  type Cell,
  type TableFileSpec,
} from '../../shared/table-files.ts';
import { readLog, writeListings } from './listings.ts';
import { TextSender } from './text-sender.ts';

const DIALECT = {
  time: (column: string) => `coalesce(strftime('%Y-%m-%d %H:%M:%S', ${column}), '1970-01-01 00:00:00')`,
  float: (column: string) => column,
};

/** Rows that are made text at once. */
const BATCH_ROWS = 1_000;

/** Sends the published set, file after file. In a read transaction. */
export async function writeSet(
  db: DatabaseSync,
  generation: Generation,
  emit: CallContext['emit'],
  parts: PublishedParts,
): Promise<ExportedSet> {
  const position = readLog(db)?.position ?? null;
  const rows: Partial<Record<PublishedFile, number>> = {};
  for (const table of tableFiles(generation)) {
    rows[table.name] = await writeTable(db, table, new TextSender(table.name, emit));
  }
  if (parts === 'tables') return { rows, position };
  rows.listings = (await writeListings(db, 'published', new TextSender('listings', emit))).rows;
  return { rows, position };
}

async function writeTable<File extends string>(
  db: DatabaseSync,
  table: TableFileSpec,
  sender: TextSender<File>,
): Promise<number> {
  const select = db.prepare(selectSql(table, DIALECT));
  select.setReadBigInts(true);
  select.setReturnArrays(true);
  let count = 0;
  let batch: Cell[][] = [];
  sender.text += `${table.header}\n`;
  for (const row of select.iterate() as unknown as Iterable<Cell[]>) {
    count++;
    if (batch.push(row) < BATCH_ROWS) continue;
    sender.text += formatRows(table, batch);
    batch = [];
    if (sender.isFull) await sender.send();
  }
  sender.text += formatRows(table, batch);
  await sender.end();
  return count;
}
