import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { BENCHMARKS } from './benchmarks/index.ts';
import { machineText, plainTable, renderDocument } from './harness/document.ts';
import { describeMachine } from './harness/machine.ts';
import { topFunctions } from './harness/profile.ts';
import { regressions } from './harness/regressions.ts';
import { mergeReports, readReport, type BenchmarkReport, type Report, type Run } from './harness/report.ts';
import { short, tablesOf } from './harness/table.ts';
import type { RunOptions } from './harness/types.ts';
import type { Answer } from './run-one.ts';

const USAGE = `npm run bench -- [NAME...] [options]

  NAME             begins the names of the benchmarks to run; without one all are run
  --list           names them
  --size N         other than the usual size
  --rounds N       other than the usual number of rounds
  --json FILE      writes what was measured
  --write          writes docs/benchmarks.md and docs/benchmarks.json; what was not run now stays as it is there
  --compare FILE   says which ratio to the limit fell by more than 20 %, and ends with 1 if one did
  --profile        takes CPU profiles of our side, without the limits, and shows where it spends its time
`;

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const DATA = DOCUMENT.replace(/md$/, 'json');
const RUN_ONE = fileURLToPath(new URL('run-one.ts', import.meta.url));
/** Parts of its size at which a benchmark of growth is run. */
const GROWTH = [0.1, 0.316, 1];

type Overrides = Partial<Pick<RunOptions, 'size' | 'rounds'>>;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      list: { type: 'boolean', default: false },
      size: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      compare: { type: 'string' },
      profile: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE);
  if (values.list) return say(await list());
  const names = select(positionals);
  const overrides = { ...count('size', values.size), ...count('rounds', values.rounds) };
  const before = values.compare === undefined ? null : readReport(values.compare);
  const machine = await describeMachine();
  say(`${machineText(machine)}\n`);

  const benchmarks: Record<string, BenchmarkReport> = {};
  for (const name of names) {
    if (values.profile) await profile(name, overrides);
    else show(name, (benchmarks[name] = await measure(name, overrides)));
  }
  const report: Report = { machine, benchmarks };
  if (values.json !== undefined) await write(values.json, report);
  if (values.write) {
    const merged = ordered(existsSync(DATA) ? mergeReports(readReport(DATA), report) : report);
    await write(DATA, merged);
    writeFileSync(DOCUMENT, renderDocument(merged));
  }
  return before === null ? 0 : tellRegressions(before, report);
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

async function list(): Promise<string> {
  const lines = Object.entries(BENCHMARKS).map(async ([name, load]) => {
    const { about, size, unit, rounds } = await load();
    return `${name}: ${short(size)} ${unit}, ${rounds} rounds\n    ${about}`;
  });
  return (await Promise.all(lines)).join('\n');
}

function select(wanted: readonly string[]): string[] {
  const names = Object.keys(BENCHMARKS);
  const unknown = wanted.find((part) => !names.some((name) => name.startsWith(part)));
  if (unknown !== undefined) throw new Error(`no benchmark begins with ${unknown}: ${names.join(', ')}`);
  return names.filter((name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)));
}

function count(option: 'size' | 'rounds', text: string | undefined): Overrides {
  if (text === undefined) return {};
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} takes a number above 0, not ${text}`);
  return { [option]: value };
}

async function measure(name: string, overrides: Overrides): Promise<BenchmarkReport> {
  const { about, unit, fullSize, size, rounds } = { ...(await BENCHMARKS[name]!()), ...overrides };
  const report = { about, at: new Date().toISOString(), unit, ...(fullSize !== undefined && { fullSize }) };
  const sizes = fullSize === undefined ? [size] : GROWTH.map((part) => Math.max(1, Math.round(size * part)));
  const runs: Run[] = [];
  for (const each of sizes) {
    const answer = await runOne(name, { size: each, rounds, onlyOurs: false });
    if ('unavailable' in answer) return { ...report, runs: [], unavailable: answer.unavailable };
    runs.push({ size: each, results: answer.results });
  }
  return { ...report, runs };
}

async function profile(name: string, overrides: Overrides): Promise<void> {
  const { size } = { ...(await BENCHMARKS[name]!()), ...overrides };
  const dir = mkdtempSync(join(tmpdir(), 'tdl-profile-'));
  try {
    // Inherited by the daemons it starts, and by their threads.
    const env = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${dir}` };
    await runOne(name, { size, rounds: overrides.rounds ?? 1, onlyOurs: true }, env);
    say(`${name}, time in the functions themselves:\n${topFunctions(dir).join('\n')}\n`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** In a process of its own, so that its memory is its own. */
function runOne(name: string, options: RunOptions, env: Record<string, string> = {}): Promise<Answer> {
  const child = fork(RUN_ONE, [name, JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      ...process.env,
      // As bin/tdl.js has it: else every thread strips the types anew.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/tdl', import.meta.url)),
      ...env,
    },
  });
  return new Promise((resolve, reject) => {
    let answer: Answer | undefined;
    child.on('message', (message) => (answer = message as Answer));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (answer !== undefined && code === 0) resolve(answer);
      else reject(new Error(`the benchmark ${name} ended with ${code}`));
    });
  });
}

function show(name: string, report: BenchmarkReport): void {
  const sizes = report.runs.map(({ size }) => short(size)).join(', ');
  say(`${name}: ${report.unavailable ?? `${sizes} ${report.unit}`}`);
  for (const table of tablesOf(report)) say(`${plainTable(table)}\n`);
}

function ordered({ machine, benchmarks }: Report): Report {
  const known = Object.keys(BENCHMARKS).filter((name) => name in benchmarks);
  return { machine, benchmarks: Object.fromEntries(known.map((name) => [name, benchmarks[name]!])) };
}

/** In the form in which the repository keeps its files. */
async function write(file: string, report: Report): Promise<void> {
  const style = await resolveConfig(DATA);
  writeFileSync(file, await format(JSON.stringify(report), { ...style, parser: 'json' }));
}

function tellRegressions(before: Report, now: Report): number {
  const found = regressions(before, now);
  for (const { benchmark, work, before: was, now: is } of found)
    say(`slower: ${benchmark}, ${work}: ${is.toFixed(2)} of the limit, was ${was.toFixed(2)}`);
  if (found.length === 0) say('no ratio fell by more than 20 %');
  return found.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
