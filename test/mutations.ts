/**
 * Plants faults, one after the other, in a copy of the committed tree and runs the tests that have to notice:
 * `npm run mutations [-- PATTERN]`, a regular expression that picks some of them. Prints a table; exit 1 when one
 * survived.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const pattern = new RegExp(process.argv[2] ?? '', 'i');
const chosen = MUTATIONS.filter((mutation) => pattern.test(JSON.stringify(mutation)));
const HANGS_AFTER_MS = 600_000;
const dir = mkdtempSync(join(tmpdir(), 'tdl-mutations-'));

function run(test: string): VitestReport {
  const output = join(dir, 'report.json');
  rmSync(output, { force: true });
  const vitest = join(dir, 'node_modules/vitest/vitest.mjs');
  spawnSync(
    process.execPath,
    [vitest, 'run', test, '--bail=1', '--reporter=json', `--outputFile=${output}`, '--testTimeout=120000'],
    {
      ...{ cwd: dir, stdio: 'ignore', timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL' },
      env: { ...process.env, TDL_TEST_MANY: '1' },
    },
  );
  if (!existsSync(output)) {
    const assertionResults = [{ status: 'failed', fullName: 'does not end' }];
    return { success: false, testResults: [{ message: '', assertionResults }] };
  }
  return JSON.parse(readFileSync(output, 'utf8')) as VitestReport;
}

/** @returns the test that noticed, null when none did */
function plant({ file, from, to, tests }: Mutation): string | null {
  const path = join(dir, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(from).length !== 2) throw new Error(`${file}: not exactly once: ${from}`);
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    for (const test of tests) {
      const { success, testResults } = run(test);
      if (success) continue;
      const failed = testResults.flatMap(({ assertionResults }) => assertionResults);
      const first = failed.find(({ status }) => status === 'failed');
      if (first !== undefined) return `${test}: ${first.fullName}`;
      // Model tests explore while they are loaded.
      const message = testResults[0]?.message.split('\n')[0] ?? '';
      if (/syntax|transform|unexpected token/i.test(message)) throw new Error(`${file}: ${message}`);
      return `${test}: ${message}`;
    }
    return null;
  } finally {
    writeFileSync(path, original);
  }
}

try {
  execFileSync('tar', ['-x', '-C', dir], {
    input: execFileSync('git', ['archive', 'HEAD'], { cwd: ROOT, maxBuffer: 2 ** 30 }),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const all = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const broken = all.filter((test) => !run(test).success);
  if (broken.length > 0) throw new Error(`these fail without any fault: ${broken.join(', ')}`);
  console.log('| guarantee | planted fault | caught by |\n| --- | --- | --- |');
  for (const mutation of chosen) {
    const caughtBy = plant(mutation);
    if (caughtBy === null) process.exitCode = 1;
    console.log(`| ${mutation.guarantee} | ${mutation.fault} | ${caughtBy ?? '**survived**'} |`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
