import { withQuestions, type Ask, type ListAnswer } from '../../app/http/questions.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';
import type { Format } from './arguments.ts';
import { csv, table, type Column } from './table.ts';

const LOOKS_ONLY = true;

/** Answers a question of the database; nothing is made or changed. */
export function answer(work: (ask: Ask) => Promise<number>): Promise<number> {
  // The store tells what is wrong with the database, and takes away what SQLite puts beside it when it is closed last.
  return withStore((_, base) => withQuestions(base, work), LOOKS_ONLY);
}

/** @param nothing what is said when nothing fits */
export function sayList<Entry>(
  found: ListAnswer<Entry>,
  columns: readonly Column<Entry>[],
  { format, nothing }: { readonly format: Format; readonly nothing: string },
): number {
  const { entries, total } = found;
  if (format === 'json') return say(`${JSON.stringify(found)}\n`);
  if (format === 'csv') return say(csv(columns, entries));
  if (entries.length === 0) return say(`${nothing}\n`);
  const more = total > entries.length ? `${entries.length} of ${total}: --limit shows more\n` : '';
  return say(`${table(columns, entries)}${more}`);
}
