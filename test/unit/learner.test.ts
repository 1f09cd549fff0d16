import { expect, test } from 'vitest';
import { Gathering } from '../../src/actors/station-coalescer/gathering.ts';
import { Learner, type LearnerDeps } from '../../src/actors/writer/learner.ts';
import type { GalaxyRecord } from '../../src/domain/galaxy/records.ts';
import { StoreError } from '../../src/domain/errors.ts';

const SOL: GalaxyRecord = {
  ...{ kind: 'system', id: 10_477_373_803n, name: 'Sol', x: 0, y: 0, z: 0, observedAtS: 1 },
};

type Learned = Awaited<ReturnType<LearnerDeps['store']['learn']>>;

/** A learner whose store answers when the test says so. */
function world(more: Partial<Record<keyof LearnerDeps, unknown>> = {}) {
  const answers: PromiseWithResolvers<Learned>[] = [];
  const written: number[] = [];
  let asked = 0;
  const deps: Partial<LearnerDeps> = {
    gathering: null,
    workAvailable: () => asked++,
    store: {
      learn: (records) => {
        written.push(records.length);
        const answer: (typeof answers)[number] = Promise.withResolvers();
        answers.push(answer);
        return answer.promise;
      },
    },
    ...(more as Partial<LearnerDeps>),
  };
  return { learner: new Learner(deps as LearnerDeps), answers, written, asked: () => asked };
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
  learner.add([SOL]);
  expect(learner.isAtRest, 'one waits, and one is held').toBe(false);
  learner.clear();
  expect(learner.isAtRest).toBe(true);
});

const DONE: Learned = { madeTables: false, systems: [], deferred: [] };
const systems = (count: number, from = 1): GalaxyRecord[] =>
  Array.from({ length: count }, (_, i) => ({ ...SOL, id: BigInt(from + i) }));

test('the writer is asked once for what waits, and takes five hundred at a time, the oldest first', async () => {
  const { learner, answers, asked, written } = world();
  learner.add([]);
  expect([learner.left, asked()]).toEqual(['none', 0]);
  learner.add(systems(499));
  expect([learner.left, asked()]).toEqual(['some', 1]);
  learner.add(systems(1, 500));
  expect(learner.left).toBe('fullBatch');
  learner.add(systems(1, 501));
  expect([learner.left, learner.waiting, asked()]).toEqual(['fullBatch', 501, 1]);
  const writing = learner.write();
  expect([written, learner.left, learner.waiting]).toEqual([[500], 'some', 501]);
  answers[0]!.resolve(DONE);
  await writing;
  expect(learner.waiting).toBe(1);
  const rest = learner.write();
  answers[1]!.resolve(DONE);
  await rest;
  await learner.write();
  expect(written).toEqual([500, 1]);
  expect(learner.isAtRest).toBe(true);
});

test('while a file is gathered, so is what it tells of the galaxy', () => {
  const gathering = new Gathering({ rows: 4, records: 2 });
  const { learner, asked } = world({ gathering });
  learner.add(systems(2));
  expect([learner.left, learner.waiting, asked()]).toEqual(['none', 2, 0]);
  learner.add(systems(1, 3));
  expect([learner.left, asked()]).toEqual(['some', 1]);
  learner.clear();
  learner.add(systems(1));
  gathering.end();
  expect(learner.left).toBe('some');
});

test('tables that were made are told', async () => {
  let told = 0;
  const { learner, answers } = world({ reportTables: () => told++ });
  for (const madeTables of [true, false]) {
    learner.add([SOL]);
    const writing = learner.write();
    answers.at(-1)!.resolve({ ...DONE, madeTables });
    await writing;
  }
  expect(told).toBe(1);
});

test.each([
  [['Sol'], 1, ['synced', 'parked in Sol', 'released 7']],
  [['Sol'], 0, []],
  [[], 1, []],
])('of systems %j that became known, with %i markets parked: %j', async (known, parkedCount, expected) => {
  const done: string[] = [];
  const { learner, answers } = world({
    keeper: { parkedCount },
    pool: {
      sync: () => Promise.resolve(void done.push('synced')),
      release: (ids: number[]) => Promise.resolve(void done.push(`released ${ids.join()}`)),
    },
    spool: {
      parkedIn: (names: string[]) => {
        done.push(`parked in ${names.join()}`);
        return Promise.resolve([7]);
      },
    },
  });
  learner.add([SOL]);
  const writing = learner.write();
  answers[0]!.resolve({ ...DONE, systems: known });
  await writing;
  expect(done).toEqual(expected);
});

test('what was learned is learned though the spool does not answer', async () => {
  const { learner, answers } = world({
    keeper: { parkedCount: 1 },
    pool: { sync: () => Promise.reject(new Error('disk full')) },
  });
  learner.add([SOL]);
  const writing = learner.write();
  answers[0]!.resolve({ ...DONE, systems: ['Sol'] });
  await writing;
  expect(learner.isAtRest).toBe(true);
});
