import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isComparison, type Report } from '../../bench/harness/report.ts';
import { tempDir } from '../support/temp-dir.ts';

const RUN = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));
const run = promisify(execFile);

test('a benchmark measures both sides in every round', async () => {
  const json = join(tempDir(), 'bench.json');
  await run(process.execPath, [RUN, 'write-sqlite', '--size', '5', '--rounds', '2', '--json', json]);
  const { benchmarks, machine } = JSON.parse(readFileSync(json, 'utf8')) as Report;
  expect(machine.cores).toBeGreaterThan(0);
  const results = benchmarks['write-sqlite']!.runs.flatMap((each) => each.results).filter(isComparison);
  expect(results.length).toBe(5);
  for (const { ours, limit, peakRssMiB } of results) {
    expect([ours.length, limit?.costs.length]).toEqual([2, 2]);
    expect(Math.min(...[...ours, ...limit!.costs].map(({ wallS }) => wallS))).toBeGreaterThan(0);
    expect(peakRssMiB).toBeGreaterThan(0);
  }
});

test('a benchmark nobody knows is named', async () => {
  await expect(run(process.execPath, [RUN, 'nothing'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no benchmark begins with nothing: decode') as string,
  });
});
