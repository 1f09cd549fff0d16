/**
 * Simulates many seeds: `npm run simulate -- --seeds 1000 [--from 1] [--minutes 10080] [--trace]`. A seed that fails is
 * named with the command that runs it again. `--patrols`: months of patrols instead (some ten seconds each); `--cluster`: three
 * daemons on one database.
 */
import { parseArgs } from 'node:util';
import { simulateCluster } from './cluster.ts';
import { simulatePatrols } from './patrol-month.ts';
import { commandFor, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    trace: { type: 'boolean', default: false },
    patrols: { type: 'boolean', default: false },
    cluster: { type: 'boolean', default: false },
  },
});
const from = Number(values.from);
const seeds = Number(values.seeds);
const troubledMs = values.minutes === undefined ? undefined : Number(values.minutes) * 60_000;

if (values.patrols) {
  for (let seed = from; seed < from + seeds; seed++) {
    console.log(`seed ${seed}: ${JSON.stringify(await simulatePatrols(seed))}`);
  }
  process.exit();
}

if (values.cluster) {
  const sum = { failed: 0, epochs: 0, refused: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const { violations, epochs, refused } = await simulateCluster(
      seed,
      values.trace ? (line) => console.log(line) : undefined,
    );
    sum.epochs += epochs;
    sum.refused += refused;
    if (violations.length === 0) continue;
    sum.failed += 1;
    console.log(`seed ${seed} failed, again: npm run simulate -- --cluster --from ${seed} --seeds 1 --trace`);
    for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
  }
  console.log(
    `${seeds} seeds, ${sum.failed} failed; ${sum.epochs} leaders, ${sum.refused} transactions of past ones refused`,
  );
  process.exit(sum.failed === 0 ? 0 : 1);
}

let failed = 0;
let simulatedMs = 0;
let messages = 0;
const startedMs = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const report = await simulate(seed, {
    troubledMs,
    trace: values.trace ? (line) => console.log(line) : undefined,
  });
  simulatedMs += report.simulatedMs;
  messages += report.messages;
  if (report.violations.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed} failed, again: ${commandFor(seed, values.minutes)}`);
  for (const violation of report.violations.slice(0, 10)) console.log(`  ${violation}`);
}
const tookS = (performance.now() - startedMs) / 1000;
console.log(
  `${seeds} seeds, ${failed} failed; ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours, ` +
    `${messages} messages, in ${tookS.toFixed(1)} s`,
);
process.exitCode = failed === 0 ? 0 : 1;
