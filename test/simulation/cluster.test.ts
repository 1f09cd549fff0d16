import { expect, test } from 'vitest';
import { simulateCluster } from './cluster.ts';

const SEEDS = 20;

test('one daemon leads, and soon, whatever is killed, frozen, cut off or yields', async () => {
  let epochs = 0;
  let refused = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const report = await simulateCluster(seed);
    expect(
      report.violations,
      `again: npm run simulate -- --cluster --from ${seed} --seeds 1 --trace`,
    ).toEqual([]);
    epochs += report.epochs;
    refused += report.refused;
  }
  expect(epochs, 'leadership moved').toBeGreaterThan(5 * SEEDS);
  expect(refused, 'what leaders of the past wrote was refused').toBeGreaterThan(0);
});

test('a seed is the same every time', async () => {
  const lines = async () => {
    const told: string[] = [];
    await simulateCluster(7, (line) => told.push(line));
    return told;
  };
  expect(await lines()).toEqual(await lines());
});
