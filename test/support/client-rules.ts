import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type InfoField } from 'csv-parse/sync';
import type { Generation } from '../../src/domain/generation.ts';
import { checkListings } from './client-listings.ts';
import { ADDED_IDS, clientTables, type ClientColumn, type ClientTable } from './client-tables.ts';
import type { Violation } from './client-violation.ts';
import { cellProblem, type Cell } from './client-values.ts';

/** Ids that were loaded, as text: 64 bits. By table. */
type Loaded = Map<string, Set<string>>;

/**
 * Loads a published set as a client of this generation does: every table file in its order, then the listings.
 * `listings-live.csv` is looked at if it is there; what it refers to may be newer than the tables.
 */
export function checkPublishedSet(dir: string, generation: Generation): Violation[] {
  const violations: Violation[] = [];
  const loaded: Loaded = new Map([
    ['Added', new Set(Array.from({ length: ADDED_IDS }, (_, i) => String(i + 1)))],
  ]);
  for (const table of clientTables(generation)) {
    const text = readText(dir, `${table.name}.csv`, violations);
    if (text !== null) violations.push(...checkTable(table, text, generation, loaded));
  }
  const keys = {
    stations: loaded.get('Station') ?? new Set(),
    items: loaded.get('Item') ?? new Set<string>(),
  };
  const listings = readText(dir, 'listings.csv', violations);
  if (listings !== null) violations.push(...checkListings('listings.csv', listings, keys));
  if (existsSync(join(dir, 'listings-live.csv'))) {
    const live = readText(dir, 'listings-live.csv', violations);
    if (live !== null) violations.push(...checkListings('listings-live.csv', live, null));
  }
  return violations;
}

/** @returns null, with the violation added, when there is nothing to check */
function readText(dir: string, file: string, violations: Violation[]): string | null {
  const refuse = (problem: string) => {
    violations.push({ file, line: null, problem, effect: 'file refused' });
    return null;
  };
  if (!existsSync(join(dir, file))) return refuse('is missing');
  const bytes = readFileSync(join(dir, file));
  if (bytes.length === 0) return refuse('is empty');
  if (bytes.includes('\r')) return refuse('has carriage returns');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('is not UTF-8');
  }
}

function checkTable(table: ClientTable, text: string, generation: Generation, loaded: Loaded): Violation[] {
  const file = `${table.name}.csv`;
  const violations: Violation[] = [];
  const add = (line: number | null, problem: string, effect: Violation['effect']) =>
    violations.push({ file, line, problem, effect });
  let records;
  try {
    records = parse(text, {
      quote: "'",
      escape: "'",
      relax_column_count: true,
      info: true,
      cast: toCell,
    }) as unknown[] as Parsed[];
  } catch (error) {
    add(null, `cannot be parsed: ${(error as Error).message}`, 'file refused');
    return violations;
  }
  const [header, ...rows] = records;
  const columns = checkHeader(table, header?.record ?? [], (problem) => add(1, problem, 'file refused'));
  if (columns === null) return violations;

  const ids = new Set<string>();
  loaded.set(table.name, ids);
  const seen = table.keys.map(() => new Set<string>());
  for (const { record, info } of rows) {
    // The line on which a row ends.
    const line = info.lines;
    if (record.length !== columns.length) {
      add(line, `${record.length} columns instead of ${columns.length}`, 'row skipped');
      continue;
    }
    const value = (name: string) => record[columns.findIndex((column) => column.name === name)]?.text ?? '';
    for (const [i, column] of columns.entries()) {
      const cell = record[i]!;
      const problem = cellProblem(cell, column, generation);
      if (problem !== undefined) add(line, `${column.name} ${cell.text}: ${problem}`, 'batch rolled back');
      else if (
        column.references !== undefined &&
        cell.text !== '' &&
        !loaded.get(column.references)?.has(cell.text)
      ) {
        add(line, `${column.name} ${cell.text} is not in ${column.references}`, 'batch rolled back');
      }
    }
    for (const [i, key] of table.keys.entries()) {
      const identity = key.map(value).join(' ').toLowerCase();
      if (seen[i]!.has(identity)) add(line, `${key.join()} ${identity} is there twice`, 'row skipped');
      seen[i]!.add(identity);
    }
    ids.add(value(table.keys[0]![0]!));
    if (
      table.name === 'Category' &&
      value('category_id') === '1' &&
      value('name').toLowerCase() !== 'metals'
    ) {
      add(line, `category 1 is ${value('name')}, not Metals`, 'file refused');
    }
  }
  if (table.name === 'Category' && !ids.has('1')) add(null, 'no category 1', 'file refused');
  return violations;
}

interface Parsed {
  readonly record: readonly Cell[];
  readonly info: { readonly lines: number };
}

function toCell(text: string, { quoting }: InfoField): Cell {
  return { text, isQuoted: quoting };
}

/** @returns the columns in the order of the file; null when no row of it could be loaded */
function checkHeader(
  table: ClientTable,
  header: readonly Cell[],
  refuse: (problem: string) => void,
): ClientColumn[] | null {
  const names = header.map(({ text }) => text.replace(/^unq:/, '').replace(/@.*$/, ''));
  const problems = [
    ...header.filter(({ isQuoted }) => isQuoted).map(({ text }) => `${text} is quoted`),
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} is there twice`),
    ...names
      .filter((name) => !table.columns.some((column) => column.name === name))
      .map((name) => `no column ${name}`),
    ...table.columns
      .filter(({ name, nullable }) => !nullable && !names.includes(name))
      .map(({ name }) => `${name} is missing`),
  ];
  for (const problem of problems) refuse(problem);
  if (problems.length > 0) return null;
  return names.map((name) => table.columns.find((column) => column.name === name)!);
}
