/**
 * Faults in every expression of the folders that are named, and their scores in the table of docs/testing.md:
 * `npm run stryker -- src/domain/market [more]`, without what is in folders below. What the table says of the faults that
 * are left is kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

const TABLE = fileURLToPath(new URL('../docs/testing.md', import.meta.url));
const HEAD = '| files | faults found | not found, and why |\n| --- | --- | --- |\n';
const FOUND = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

const folders = process.argv.slice(2).map((folder) => relative('.', folder));
if (folders.length === 0) throw new Error('no folder: npm run stryker -- src/domain/market');
const faults = await new Stryker({ mutate: folders.map((folder) => `${folder}/*.ts`) }).runMutationTest();

function score(folder: string): string {
  const count = (statuses: readonly string[]) =>
    faults.filter(
      (fault) => relative('.', dirname(fault.fileName)) === folder && statuses.includes(fault.status),
    ).length;
  const found = count(FOUND);
  const all = found + count(MISSED);
  return all === 0 ? 'none to find' : `${Math.floor((100 * found) / all)} % of ${all}`;
}

const text = readFileSync(TABLE, 'utf8');
const start = text.indexOf(HEAD) + HEAD.length;
const end = text.indexOf('\n\n', start) + 1;
const rows = new Map(
  text
    .slice(start, end)
    .trimEnd()
    .split('\n')
    .map((row) => [row.split('`')[1]!, row] as const),
);
for (const folder of folders) {
  const left = rows.get(folder)?.split(' | ')[2] ?? '|';
  rows.set(folder, `| \`${folder}\` | ${score(folder)} | ${left}`);
  console.log(rows.get(folder));
}
const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => `${row}\n`);
writeFileSync(TABLE, text.slice(0, start) + sorted.join('') + text.slice(end));
