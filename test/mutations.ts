/**
 * Plants faults in copies of the committed tree and runs the tests that have to notice: `npm run mutations [-- PATTERN]`,
 * a regular expression that picks some of them. Writes into the table of docs/testing.md what noticed; exit 1 when one
 * survived. What noticed a fault the last time is tried first.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS } from './mutations/list.ts';
import type { Mutation } from './mutations/mutation.ts';

interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A test, by the name it has in its file; without one all of the file's, some of which failed while it was loaded. */
interface Catcher {
  readonly file: string;
  readonly name: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SHARED = join(ROOT, '../shared');
const TABLE = join(ROOT, 'docs/testing.md');
const HEAD = '| guarantee | planted fault | caught by |\n| --- | --- | --- |\n';
const HANGS_AFTER_MS = 600_000;
/** At once, for most tests wait now and then. */
const COPIES = 3;

const pattern = new RegExp(process.argv[2] ?? '', 'i');
const chosen = MUTATIONS.filter((mutation) => pattern.test(JSON.stringify(mutation)));
const rows = readRows();
/** Tests that were seen to pass without a fault. */
const sound = new Map<string, Promise<boolean>>();

/** @returns null: nothing failed */
async function run(dir: string, file: string, name = ''): Promise<Catcher | null> {
  const output = join(dir, 'report.json');
  rmSync(output, { force: true });
  const only = name === '' ? [] : ['-t', `^${RegExp.escape(name)}$`];
  const child = spawn(
    process.execPath,
    [
      join(dir, 'node_modules/vitest/vitest.mjs'),
      ...['run', file, ...only, '--bail=1', '--reporter=json', `--outputFile=${output}`],
      '--testTimeout=120000',
    ],
    {
      ...{ cwd: dir, stdio: 'ignore', timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL' },
      env: { ...process.env, TDL_TEST_MANY: '1' },
    },
  );
  await once(child, 'exit');
  const written = await readFile(output, 'utf8').catch(() => null);
  if (written === null) return { file, name: 'does not end' };
  const { success, testResults } = JSON.parse(written) as VitestReport;
  if (success) return null;
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults);
  const first = failed.find(({ status }) => status === 'failed');
  if (first !== undefined) return { file, name: first.fullName };
  // Model tests explore while they are loaded.
  const message = testResults[0]?.message.split('\n')[0] ?? '';
  if (/syntax|transform|unexpected token/i.test(message)) throw new Error(`${file}: ${message}`);
  // A worker that ran out of memory tells nothing.
  return { file, name: message === '' ? 'does not end' : message };
}

/** @returns the test that noticed, null when none did */
async function plant(dir: string, mutation: Mutation): Promise<Catcher | null> {
  const { file, from, to, tests } = mutation;
  const path = join(dir, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(from).length !== 2) throw new Error(`${file}: not exactly once: ${from}`);
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    const last = rows.get(keyOf(mutation));
    if (last !== undefined) {
      const again = await run(dir, last.file, last.name);
      if (again !== null) return again;
    }
    for (const test of tests) {
      const catcher = await run(dir, test);
      if (catcher !== null) return catcher;
    }
    return null;
  } finally {
    writeFileSync(path, original);
  }
}

/** @returns false: it fails without a fault, too */
async function isSound(dir: string, { file, name }: Catcher): Promise<boolean> {
  const key = `${file}: ${name}`;
  if (!sound.has(key))
    sound.set(
      key,
      run(dir, file, name).then((caught) => caught === null),
    );
  return sound.get(key)!;
}

function keyOf({ guarantee, fault }: Pick<Mutation, 'guarantee' | 'fault'>): string {
  return `${guarantee} | ${fault}`;
}

function cells(row: string): string[] {
  return row.split(/(?<!\\) ?\| ?/).slice(1, -1);
}

/** What the table says. */
function readRows(): Map<string, Catcher> {
  const text = readFileSync(TABLE, 'utf8');
  const found = new Map<string, Catcher>();
  for (const row of text.slice(text.indexOf(HEAD) + HEAD.length).split('\n')) {
    const [guarantee = '', fault = '', by = ''] = cells(row);
    const [, file, name] = /^`(.*?)`: (.*)$/.exec(by) ?? [];
    if (file !== undefined && name !== undefined)
      found.set(keyOf({ guarantee, fault }), { file: `test/${file}`, name: name.replaceAll('\\|', '|') });
  }
  return found;
}

function writeRows(): void {
  const text = readFileSync(TABLE, 'utf8');
  const lines = MUTATIONS.flatMap((mutation) => {
    const by = rows.get(keyOf(mutation));
    return by === undefined
      ? []
      : [`| ${keyOf(mutation)} | \`${by.file.replace('test/', '')}\`: ${by.name.replaceAll('|', '\\|')} |\n`];
  });
  writeFileSync(TABLE, text.slice(0, text.indexOf(HEAD)) + HEAD + lines.join(''));
}

const tree = execFileSync('git', ['archive', 'HEAD'], { cwd: ROOT, maxBuffer: 2 ** 30 });
const waiting = [...chosen];
const home = mkdtempSync(join(tmpdir(), 'tdl-mutations-'));
const dirs = Array.from({ length: COPIES }, (_, i) => join(home, String(i)));
try {
  // Some tests read it where it is there.
  if (existsSync(SHARED)) symlinkSync(SHARED, join(home, 'shared'));
  await Promise.all(
    dirs.map(async (dir) => {
      mkdirSync(dir);
      execFileSync('tar', ['-x', '-C', dir], { input: tree });
      symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const caughtBy = await plant(dir, next);
        if (caughtBy === null) {
          process.exitCode = 1;
          rows.delete(keyOf(next));
          writeRows();
          console.log(`SURVIVED: ${next.fault} (${next.guarantee})`);
          continue;
        }
        if (!(await isSound(dir, caughtBy))) {
          process.exitCode = 1;
          console.log(`FAILS WITHOUT ANY FAULT, TOO: ${caughtBy.file}: ${caughtBy.name} (${next.fault})`);
          continue;
        }
        rows.set(keyOf(next), caughtBy);
        writeRows();
        console.log(`${next.fault}: ${caughtBy.file}: ${caughtBy.name}`);
      }
    }),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
