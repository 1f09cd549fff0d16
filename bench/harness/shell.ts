import { spawn } from 'node:child_process';
import { cpuOf } from './measure.ts';
import type { Cost } from './types.ts';

/**
 * Runs a command of the shell; its output is not kept. @param others processes that work for it, e.g. a database server
 * @returns its costs and those of all its programs
 */
export async function costOfShell(
  command: string,
  args: readonly string[] = [],
  { env = process.env, others = [] as readonly number[] } = {},
): Promise<Cost> {
  const othersCpu = () => others.reduce((sum, pid) => sum + (cpuOf(pid) ?? NaN), 0);
  const before = othersCpu();
  const start = performance.now();
  // The shell says at its end what it and its children took, one line each.
  const child = spawn('sh', ['-c', `{ ${command}; } >/dev/null && times`, 'sh', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let times = '';
  child.stdout.on('data', (text: Buffer) => (times += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const wallS = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`);
  const cpuS = times
    .matchAll(/(\d+)m([\d.]+)s/g)
    .reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
  const othersS = othersCpu() - before;
  return { wallS, cpuS: Number.isNaN(othersS) ? null : cpuS + othersS };
}
