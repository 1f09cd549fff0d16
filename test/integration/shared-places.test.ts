import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram, startProgram, writeConfig } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A daemon that works, with its places. */
async function first(overrides: Record<string, unknown> = {}) {
  const cwd = tempDir();
  writeConfig(cwd, overrides);
  const program = startProgram({ cwd });
  onTestFinished(async () => {
    program.kill('SIGKILL');
    await program.exit;
  });
  await program.logged(/database:/);
  return { cwd, program };
}

test('two daemons with data directories of their own do not share a database file', async () => {
  const { cwd, program } = await first();
  const other = tempDir();
  writeConfig(other);
  symlinkSync(join(cwd, 'data/TradeDangerous.db'), join(other, 'by-another-name.db'));
  const ini = `[sqlite]\nsqlite_filename = ${join(other, 'by-another-name.db')}\n`;
  writeFileSync(join(other, 'db_config.ini'), ini);
  const { code, stderr } = await runProgram({ cwd: other });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`by-another-name\\.db is in use by process ${program.process.pid} .*sqlite_filename`),
  );
});

test('nor an export folder', async () => {
  const shared = tempDir();
  const { program } = await first({ export_path: shared });
  const other = tempDir();
  mkdirSync(join(other, 'elsewhere'));
  symlinkSync(shared, join(other, 'elsewhere/public'));
  writeConfig(other, { export_path: 'elsewhere/public' });
  const { code, stderr } = await runProgram({ cwd: other });
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`public is in use by process ${program.process.pid} .*export_path`));
});

test('a PID file may be in a directory that is not there yet', async () => {
  const { cwd, program } = await first({ pid_file: 'run/tdl/daemon.pid' });
  expect(readFileSync(join(cwd, 'run/tdl/daemon.pid'), 'utf8')).toBe(`${program.process.pid}\n`);
});
