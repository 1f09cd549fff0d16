import type { NameCursor, NamePage } from '../../../../domain/ports/store/queries.ts';
import type { QueryReader } from './reader.ts';

/** The end of a range of names that begin alike: no character of a name is larger. */
const LAST = '\u{10ffff}';

/** A condition and an order: by name and id, from after the cursor on, and one more than asked for. */
export function byPrefix(
  table: 'sy' | 'st',
  prefix: string,
  limit: number,
  after: NameCursor | null,
  { text }: Pick<QueryReader['dialect'], 'text'>,
): string {
  const name = `${table}.name`;
  const id = table === 'sy' ? 'sy.system_id' : 'st.station_id';
  const later =
    after === null
      ? ''
      : ` AND ${name} >= ${text(after.name)} AND (${name} > ${text(after.name)} OR ${id} > ${BigInt(after.id)})`;
  return `WHERE ${name} >= ${text(prefix)} AND ${name} < ${text(prefix + LAST)}${later}
    ORDER BY ${name}, ${id} LIMIT ${limit + 1}`;
}

/** One more than asked for was read where there is more. */
export function namePage<T extends { readonly name: string; readonly id: bigint | number }>(
  read: readonly T[],
  limit: number,
): NamePage<T> {
  const entries = read.slice(0, limit);
  const last = entries.at(-1);
  const isMore = read.length > limit && last !== undefined;
  return { entries, next: isMore ? { name: last.name, id: String(last.id) } : null };
}
