import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/daemon.ts';

const shell = (line: string) => spawnSync('sh', ['-c', line], { encoding: 'utf8' });
const tdl = `'${process.execPath}' '${PROGRAM}'`;

test.runIf(existsSync('/dev/full'))('what cannot be written is told, and is a failure', () => {
  const { status, stderr } = shell(`${tdl} graph >/dev/full`);
  expect([status, stderr]).toEqual([
    1,
    'what it says could not be written: ENOSPC: no space left on device, write\n',
  ]);
});

test('who reads no more is no failure', () => {
  const { stdout, stderr } = shell(`{ ${tdl} graph; echo "exit $?" >&2; } | head -1`);
  expect([stdout.split('\n').length, stderr]).toEqual([2, 'exit 0\n']);
});
