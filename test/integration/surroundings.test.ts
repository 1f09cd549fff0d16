import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram, startProgram, writeConfig, type ProgramOptions } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Nobody has made it. */
const NOBODY = 54_321;

function start(options: ProgramOptions) {
  const program = startProgram(options);
  onTestFinished(async () => {
    program.kill('SIGKILL');
    await program.exit;
  });
  return program;
}

test('a user without a home directory can run it; only a path that needs one cannot be used', async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip('needs to be root, to become another user');
  const cwd = tempDir();
  const file = writeConfig(cwd);
  for (const path of [cwd, file]) chownSync(path, NOBODY, NOBODY);
  const nobody = { cwd, uid: NOBODY, env: { HOME: undefined } };
  const program = start(nobody);
  await program.logged(/^database: /);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);

  writeConfig(cwd, { export_path: '~/public' });
  expect(await runProgram(nobody)).toMatchObject({
    code: 2,
    stderr: '~ is the home directory, and this user has none (set HOME, or write the whole path)\n',
  });
});

test('a folder of archives that this user may not read is said, and which of them', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('needs to be root, to become another user');
  const cwd = tempDir();
  chownSync(cwd, NOBODY, NOBODY);
  mkdirSync(join(cwd, 'eddn/2026-10'), { recursive: true });
  chmodSync(join(cwd, 'eddn/2026-10'), 0o700);
  expect(await runProgram({ cwd, uid: NOBODY, args: ['replay', 'eddn'] })).toMatchObject({
    code: 1,
    stderr: 'no permission to read eddn/2026-10 (make it readable for this user)\n',
  });
});

test('SIGUSR1 opens no debugger', async () => {
  const cwd = tempDir();
  writeConfig(cwd);
  const program = start({ cwd });
  await program.logged(/^database: /);
  program.kill('SIGUSR1');
  program.kill('SIGTERM');
  expect(await program.exit).toMatchObject({ code: 0, stderr: '' });
});
