/**
 * Child process: `node instance-child.ts FILE [WATCH_MS]`: owns FILE until its standard input ends; says how it went.
 */
import { dirname } from 'node:path';
import { acquireInstance } from '../../src/infra/process/instance-lock.ts';

try {
  const file = process.argv[2] ?? '';
  const watchMs = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
  const instance = await acquireInstance(file, { name: dirname(file), advice: 'take another one' }, watchMs);
  process.stdout.write(`${JSON.stringify({ owner: instance.owner, stale: instance.stale })}\n`);
  process.stdin.on('end', () => {
    instance.release();
    process.exit(0);
  });
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
  process.exitCode = 1;
}
