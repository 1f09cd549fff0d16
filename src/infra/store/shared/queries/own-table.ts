import type { QueryReader } from './reader.ts';

/** Whether a table of our own is there, which may not be (yet). */
export async function hasOwnTable(reader: QueryReader, name: string): Promise<boolean> {
  return (await reader.rows(reader.dialect.tableNamed(name))).length > 0;
}
