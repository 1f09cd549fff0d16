import { expect, test } from 'vitest';
import { Learner, type LearnerDeps } from '../../src/actors/writer/learner.ts';
import type { GalaxyRecord } from '../../src/domain/galaxy/records.ts';
import { StoreError } from '../../src/domain/errors.ts';

const SOL: GalaxyRecord = {
  ...{ kind: 'system', id: 10_477_373_803n, name: 'Sol', x: 0, y: 0, z: 0, observedAtS: 1 },
};

/** A learner whose store answers when the test says so. */
function world() {
  const answers: PromiseWithResolvers<{ madeTables: false; systems: []; deferred: [] }>[] = [];
  const deps: Partial<LearnerDeps> = {
    gathering: null,
    workAvailable: () => undefined,
    store: {
      learn: () => {
        const answer: (typeof answers)[number] = Promise.withResolvers();
        answers.push(answer);
        return answer.promise;
      },
    },
  };
  return { learner: new Learner(deps as LearnerDeps), answers };
}

test('what is being written waits until it is in the database: a file whose records these are is not done before', async () => {
  const { learner, answers } = world();
  learner.add([SOL]);
  expect(learner.waiting).toBe(1);
  const writing = learner.write();
  expect(learner.waiting).toBe(1);
  answers[0]!.resolve({ madeTables: false, systems: [], deferred: [] });
  await writing;
  expect(learner.waiting).toBe(0);
});

test('what could not be written waits on, once', async () => {
  const { learner, answers } = world();
  learner.add([SOL]);
  const writing = learner.write();
  answers[0]!.reject(new StoreError('unavailable', 'gone'));
  await expect(writing).rejects.toThrow('gone');
  expect(learner.waiting).toBe(1);
});
