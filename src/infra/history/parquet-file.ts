import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer';
import { AppError } from '../../domain/errors.ts';
import { publishFile } from '../publishing/publish.ts';

/** Of a page of a column that files are searched by: some thousand rows. */
const PAGE_BYTES = 4 * 1024;

type Cell = bigint | number | string | boolean | null;

/** A column of a file. */
export interface Column {
  readonly name: string;
  readonly type: Pick<SchemaElement, 'type' | 'converted_type'>;
  readonly nullable?: true;
  /** Files are searched by it. */
  readonly isKey?: true;
}

export const INT32 = { type: 'INT32' } as const;
export const INT64 = { type: 'INT64' } as const;
export const BOOLEAN = { type: 'BOOLEAN' } as const;
export const STRING = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
/** UTC, milliseconds. */
export const TIMESTAMP = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const;

export type Rows = readonly (readonly Cell[])[];

/**
 * Writes a Parquet file, snappy-compressed: the old one, or the whole new one. None without rows: not everybody reads such.
 * @param groups a row group each
 * @param facts kept in the file as key and value
 * @throws AppError `history`
 */
export async function writeParquetFile(
  file: string,
  columns: readonly Column[],
  groups: Iterator<Rows>,
  facts: Readonly<Record<string, string>>,
): Promise<{ readonly bytes: number; readonly rows: number }> {
  let group = groups.next();
  if (group.done === true) return { bytes: 0, rows: 0 };
  let count = 0;
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type, nullable }) => {
      const repetition = nullable === true ? 'OPTIONAL' : 'REQUIRED';
      return { name, ...type, repetition_type: repetition } satisfies SchemaElement;
    }),
  ];
  try {
    const { bytes } = await publishFile(file, async (write) => {
      const out = new ByteWriter();
      const flush = async () => {
        await write(out.getBytes());
        out.index = 0;
      };
      const writer = new ParquetWriter({
        ...{ writer: Object.assign(out, { flush, finish: flush }), schema },
        createdBy: 'tradedangerous-listener',
        kvMetadata: Object.entries(facts).map(([key, value]) => ({ key, value })),
      });
      for (; group.done !== true; group = groups.next()) {
        const rows = group.value;
        count += rows.length;
        const columnData = columns.map(({ name, isKey = false }, at): ColumnSource => {
          const data = rows.map((row) => row[at] ?? null);
          return { name, data, columnIndex: isKey };
        });
        await writer.write({ columnData, rowGroupSize: rows.length, pageSize: PAGE_BYTES });
      }
      await writer.finish();
    });
    return { bytes, rows: count };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('history', error.message, {
      advice: 'free some space, or make the directory writable for this user; it is tried again',
      cause: error,
    });
  }
}
