import { escape } from 'mysql2';

/** A string literal. The session's sql_mode lets backslashes escape, as the driver assumes. */
export function text(value: string): string {
  return escape(value);
}

/** Any cell of a row. */
export function literal(value: string | number | bigint | null): string {
  return value === null ? 'NULL' : typeof value === 'string' ? text(value) : String(value);
}

/** The end of an INSERT that makes a row of the same key the one given. */
export function orUpdate(columns: readonly string[]): string {
  return ` ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join()}`;
}

/** A DATETIME as whole epoch seconds; sub-seconds are dropped. Unlike UNIX_TIMESTAMP it knows years after 2038. */
export function epochOf(column: string): string {
  return `TIMESTAMPDIFF(SECOND, TIMESTAMP'1970-01-01 00:00:00', ${column})`;
}

/** `head` + parts + `tail`, in as many statements as their length asks for; none for no parts. */
export function* statements(
  head: string,
  parts: Iterable<string>,
  tail = '',
  maxBytes = Infinity,
): Generator<string> {
  const fixed = Buffer.byteLength(head) + Buffer.byteLength(tail);
  let some: string[] = [];
  let bytes = fixed;
  for (const part of parts) {
    const length = Buffer.byteLength(part) + 1;
    if (some.length > 0 && bytes + length > maxBytes) {
      yield head + some.join() + tail;
      some = [];
      bytes = fixed;
    }
    some.push(part);
    bytes += length;
  }
  if (some.length > 0) yield head + some.join() + tail;
}

/** @param text lines that each end with a line feed. @returns them, or undefined when the server cut the text */
export function wholeLines(text: string, count: number): string[] | undefined {
  const lines = text.split('\n');
  return lines.pop() === '' && lines.length === count ? lines : undefined;
}

/** Those of this server that the account is shown. */
export const SESSIONS = 'information_schema.PROCESSLIST';

/** Asks whether the database has a table of ours. */
export function tableNamed(name: string): string {
  return `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${name}'`;
}
