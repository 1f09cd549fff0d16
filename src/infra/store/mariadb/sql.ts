import { escape } from 'mysql2';

/** A string literal. The session's sql_mode lets backslashes escape, as the driver assumes. */
export function text(value: string): string {
  return escape(value);
}

/** A DATETIME as whole epoch seconds; sub-seconds are dropped. Unlike UNIX_TIMESTAMP it knows years after 2038. */
export function epochOf(column: string): string {
  return `TIMESTAMPDIFF(SECOND, '1970-01-01', ${column})`;
}

/** `head` + parts + `tail`, in as many statements as their length asks for; none for no parts. */
export function* statements(
  head: string,
  parts: readonly string[],
  tail = '',
  maxBytes = Infinity,
): Generator<string> {
  let from = 0;
  let bytes = 0;
  const fixed = Buffer.byteLength(head) + Buffer.byteLength(tail);
  for (const [i, part] of parts.entries()) {
    const length = Buffer.byteLength(part) + 1;
    if (i > from && fixed + bytes + length > maxBytes) {
      yield head + parts.slice(from, i).join() + tail;
      from = i;
      bytes = 0;
    }
    bytes += length;
  }
  if (parts.length > 0) yield head + parts.slice(from).join() + tail;
}
