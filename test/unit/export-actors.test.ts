import { expect, test } from 'vitest';
import { createActor } from 'xstate';
import { Asked } from '../../src/actors/asked.ts';
import { exportLogics } from '../../src/actors/exporter/steps.ts';
import { settled } from '../support/virtual-time.ts';

test('an export that is stopped before it has begun does not read', async () => {
  let reads = 0;
  const { stage } = exportLogics({
    asked: new Asked(),
    read: () => {
      reads += 1;
      return Promise.resolve({ rows: 0, stations: 0 });
    },
    stageFile: async (produce) => {
      const result = await produce(() => Promise.resolve());
      return {
        result,
        commit: () => Promise.resolve({ bytes: 0, changed: false }),
        discard: () => Promise.resolve(),
      };
    },
  });
  const stopped = createActor(stage).start();
  stopped.stop();
  await settled();
  expect(reads).toBe(0);
  createActor(stage).start();
  await settled();
  expect(reads).toBe(1);
});
