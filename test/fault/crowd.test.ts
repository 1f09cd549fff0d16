import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../crowd.ts', import.meta.url));
/** More of them than the daemon has descriptors for. */
const CROWD = ['--idle', '500', '--half-open', '150', '--slow', '150', '--pipelining', '20'];

test('a crowd that holds on to the server takes neither messages nor descriptors from the daemon', async () => {
  const command = `ulimit -n 1024; exec '${process.execPath}' '${SCRIPT}' ${CROWD.join(' ')} --seconds 6`;
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const output = await text(child.stdout);
  await closed;
  expect(output).toMatch(/sent (\d+), received \1;/);
  // How fast is a matter of the machine, and what else it does.
  const failures = output.split('\n').filter((line) => line.startsWith('FAILED') && !line.includes('late'));
  expect(failures, output).toEqual([]);
});
