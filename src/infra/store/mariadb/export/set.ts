import type { Generation } from '../../../../domain/generation.ts';
import type {
  ExportedSet,
  PublishedFile,
  PublishedParts,
} from '../../../../domain/ports/store/galaxy-store.ts';
import type { ChunkSink } from '../../../../domain/ports/store/market-store.ts';
import { CHUNK_BYTES } from '../../shared/listing.ts';
import { formatRows, selectSql, tableFiles, type TableFileSpec } from '../../shared/table-files.ts';
import type { Link } from '../connection.ts';
import { readLog, SCAN_TIMEOUT_MS, writeListings } from './listings.ts';

const DIALECT = {
  time: (column: string) => `COALESCE(DATE_FORMAT(${column}, '%Y-%m-%d %H:%i:%S'), '1970-01-01 00:00:00')`,
  float: (column: string) => `CAST(${column} AS DOUBLE)`,
};

/** Writes the published set, file after file. In a snapshot. */
export async function writeSet(
  link: Link,
  generation: Generation,
  open: (file: PublishedFile) => ChunkSink,
  signal: AbortSignal,
  parts: PublishedParts = 'all',
): Promise<ExportedSet> {
  const position = (await readLog(link))?.position ?? null;
  const rows: Partial<Record<PublishedFile, number>> = {};
  for (const table of tableFiles(generation)) {
    rows[table.name] = await writeTable(link, table, open(table.name), signal);
  }
  if (parts === 'tables') return { rows, position };
  rows.listings = (await writeListings(link, 'published', open('listings'), signal)).rows;
  return { rows, position };
}

async function writeTable(
  link: Link,
  table: TableFileSpec,
  sink: ChunkSink,
  signal: AbortSignal,
): Promise<number> {
  const encoder = new TextEncoder();
  let count = 0;
  let text = `${table.header}\n`;
  // By the table's own key: else the server begins with what is referred to, and sorts all rows in the end.
  const select = selectSql(table, DIALECT).replace('SELECT', 'SELECT STRAIGHT_JOIN');
  for await (const rows of link.stream(select, SCAN_TIMEOUT_MS)) {
    signal.throwIfAborted();
    count += rows.length;
    text += formatRows(table, rows);
    if (text.length < CHUNK_BYTES) continue;
    await sink(encoder.encode(text));
    text = '';
  }
  await sink(encoder.encode(text));
  return count;
}
