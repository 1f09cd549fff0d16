import { createActor, fromPromise, waitFor } from 'xstate';
import { expect, test } from 'vitest';
import {
  spanshUpdaterMachine,
  type CheckResult,
  type UpdatePlan,
  type UpdateStep,
} from '../../src/machines/galaxy/spansh-updater.machine.ts';

test('from an import to the end of what follows it no maintenance window opens', async () => {
  const steps: UpdateStep[] = ['import', 'publish', 'demote', 'check'];
  const actor = createActor(
    spanshUpdaterMachine.provide({
      actors: {
        plan: fromPromise((): Promise<UpdatePlan> => Promise.resolve({ step: steps.shift()!, opensInMs: 0 })),
        check: fromPromise((): Promise<CheckResult> => Promise.resolve({ changed: false })),
        importDump: fromPromise(() => Promise.resolve(undefined)),
        publish: fromPromise(() => Promise.resolve(undefined)),
        demote: fromPromise(() => Promise.resolve(undefined)),
      },
    }),
    {
      input: {
        ...{ startMs: 0, intervalMs: 1_000_000, lookMs: 1_000_000, enabled: true, quickTestMs: null },
        ...{ backoff: { minMs: 1, capMs: 1 }, random: () => 0 },
      },
    },
  );
  const seen: [unknown, boolean][] = [];
  actor.subscribe((snapshot) => seen.push([snapshot.value, snapshot.hasTag('updating')]));
  actor.start();
  await waitFor(actor, (snapshot) => snapshot.value === 'idle');
  actor.stop();
  const from = seen.findIndex(([value]) => value === 'importing');
  const upTo = seen.findIndex(([value]) => value === 'checking');
  expect(seen.slice(from, upTo)).toEqual(
    ['importing', 'planning', 'publishing', 'planning', 'demoting', 'planning'].map((value) => [value, true]),
  );
  expect(seen.at(-1)).toEqual(['idle', false]);
});
