import { expect, test } from 'vitest';
import { Learner, type LearnerDeps } from '../../src/actors/writer/learner.ts';
import type { GalaxyRecord } from '../../src/domain/galaxy/records.ts';
import { StoreError } from '../../src/domain/errors.ts';

const SOL: GalaxyRecord = {
  ...{ kind: 'system', id: 10_477_373_803n, name: 'Sol', x: 0, y: 0, z: 0, observedAtS: 1 },
};

type Learned = Awaited<ReturnType<LearnerDeps['store']['learn']>>;

/** A learner whose store answers when the test says so. */
function world() {
  const answers: PromiseWithResolvers<Learned>[] = [];
  let asked = 0;
  const deps: Partial<LearnerDeps> = {
    gathering: null,
    workAvailable: () => asked++,
    store: {
      learn: () => {
        const answer: (typeof answers)[number] = Promise.withResolvers();
        answers.push(answer);
        return answer.promise;
      },
    },
  };
  return { learner: new Learner(deps as LearnerDeps), answers, asked: () => asked };
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

test('what another writer held is not in the database, and is written though nothing else comes', async () => {
  const { learner, answers, asked } = world();
  learner.add([SOL]);
  const writing = learner.write();
  answers[0]!.resolve({ madeTables: false, systems: [], deferred: [SOL] });
  await writing;
  expect({ isAtRest: learner.isAtRest, left: learner.left, asked: asked() }).toEqual({
    ...{ isAtRest: false, left: 'none', asked: 1 },
  });
  // Markets need not wait for it.
  expect(learner.waiting).toBe(0);
  learner.retry();
  expect({ left: learner.left, asked: asked() }).toEqual({ left: 'some', asked: 2 });
  const again = learner.write();
  answers[1]!.resolve({ madeTables: false, systems: [], deferred: [] });
  await again;
  expect(learner.isAtRest).toBe(true);
  learner.retry();
  expect(asked()).toBe(2);
});

test('what another writer held is forgotten with the rest of a file that will be read again', async () => {
  const { learner, answers } = world();
  learner.add([SOL]);
  const writing = learner.write();
  answers[0]!.resolve({ madeTables: false, systems: [], deferred: [SOL] });
  await writing;
  learner.clear();
  expect(learner.isAtRest).toBe(true);
});
