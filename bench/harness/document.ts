import { NOTES } from '../notes.ts';
import type { Machine } from './machine.ts';
import type { Report } from './report.ts';
import { short, tablesOf, type Table } from './table.ts';

const PREAMBLE = `# Benchmarks

Made by \`npm run bench -- --write\`; the figures behind it are in [benchmarks.json](benchmarks.json).

Each benchmark runs in a process of its own. Ours and its physical limit (the cheapest way there is to do the same with
the same data, settings and connection options) take turns in the same run, in an order that changes every round.
Speeds are medians. *Ratio* is our speed divided by the limit's, round by round: the median, and in brackets the lowest
and the highest. *Ratio of CPU time* is the same of the CPU time that all processes together took, the database server
included: what counts when everything runs on one core. *Peak RSS* is the most memory that our process held; it holds
the load to write and the bare loop, too, unless the work was done by a daemon of its own.
`;

/** `docs/benchmarks.md`. */
export function renderDocument({ machine, benchmarks }: Report): string {
  const parts = [PREAMBLE, `${machineText(machine)}\n`];
  for (const [name, report] of Object.entries(benchmarks)) {
    const sizes = report.runs.map(({ size }) => short(size)).join(', ');
    parts.push(`## ${name}\n`, `${report.about}\n`);
    if (report.unavailable !== undefined) {
      parts.push(`Not run: ${report.unavailable}.\n`);
      continue;
    }
    parts.push(`Run ${report.at.slice(0, 16).replace('T', ' ')} UTC with ${sizes} ${report.unit}.\n`);
    parts.push(...tablesOf(report).map((table) => `${markdownTable(table)}\n`));
    const note = NOTES[name];
    if (note !== undefined) parts.push(`${note}\n`);
  }
  return parts.join('\n');
}

export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGiB, system, node, sqlite, mariadb, loadAverage } = machine;
  return (
    `Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; Node ${node}, SQLite ${sqlite}, ` +
    `MariaDB ${mariadb ?? 'none'}; load average at the start ${loadAverage}.`
  );
}

function markdownTable([head, ...rows]: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Columns below each other. */
export function plainTable(table: Table): string {
  const used = table[0]!.map((_, i) => i).filter((i) => table.slice(1).some((row) => row[i] !== ''));
  const widths = used.map((i) => Math.max(...table.map((row) => row[i]!.length)));
  return table
    .map((row) => used.map((i, n) => row[i]!.padEnd(widths[n]!)).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}
