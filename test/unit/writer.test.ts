import { createActor, toPromise } from 'xstate';
import { describe, expect, test } from 'vitest';
import { createWriter } from '../../src/actors/writer/child.ts';
import { openStoreLogic, writeBatchLogic, type StoreDeps } from '../../src/actors/writer/steps.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { childWorld } from '../support/child-world.ts';

type Left = 'none' | 'some' | 'fullBatch';

const written: WriteOutcome = { status: 'written', rows: 1, station: 'known' };
const failed = (reason: string): WriteOutcome => ({ status: 'failed', reason });

/** A pool with these markets in its queue, before a store that answers so. */
function writerOf(
  markets: readonly number[],
  {
    outcomes = markets.map(() => written),
    deferEveryN = 0,
  }: { outcomes?: WriteOutcome[]; deferEveryN?: number } = {},
) {
  const done: unknown[] = [];
  const state = {
    left: { pool: 'none' as Left, learner: 'none' as Left },
    catalogue: { version: 1, commodities: ['gold'] } as { version: number; commodities: string[] } | null,
    broken: new Map<string, Error>(),
    outcomes,
  };
  const attempt = <T>(what: string, result: T) => {
    const error = state.broken.get(what);
    return error === undefined ? Promise.resolve(result) : Promise.reject(error);
  };
  const ids = (batch: readonly { readonly marketId: number }[]) => batch.map(({ marketId }) => marketId);
  const deps = {
    pool: {
      get left() {
        return state.left.pool;
      },
      takeBatch: () => markets.map((marketId) => ({ marketId }) as Snapshot),
      answer: (batch: Snapshot[], answers: WriteOutcome[]) => {
        if (batch.length > 0) done.push({ answered: ids(batch), with: answers.map(({ status }) => status) });
      },
      returnBatch: (batch: Snapshot[]) => void done.push({ returned: ids(batch) }),
    },
    learner: {
      get left() {
        return state.left.learner;
      },
      write: () => {
        done.push('learned');
        return attempt('learn', undefined);
      },
    },
    store: {
      open: () => attempt('open', { description: 'db' }),
      useCatalogue: (commodities: unknown) => {
        done.push({ goods: commodities });
        return attempt('catalogue', undefined);
      },
      writeMarkets: (batch: Snapshot[]) => {
        done.push({ wrote: ids(batch) });
        return attempt('write', state.outcomes);
      },
    },
    catalogue: () => state.catalogue,
    reportOpened: (info: unknown) => void done.push({ opened: info }),
    deferEveryN,
  } as unknown as StoreDeps;
  const write = writeBatchLogic(deps);
  return {
    ...{ done, state },
    open: () => toPromise(createActor(openStoreLogic(deps)).start()),
    write: () => toPromise(createActor(write).start()),
  };
}

describe('the database', () => {
  test('is opened, and what it is told; what waits is said', async () => {
    const { done, open, state } = writerOf([]);
    expect(await open()).toEqual({ status: 'done', left: 'none' });
    expect(done).toEqual([{ opened: { description: 'db' } }]);
    state.left.learner = 'some';
    expect(await open()).toEqual({ status: 'done', left: 'some' });
    state.left.pool = 'fullBatch';
    expect(await open()).toEqual({ status: 'done', left: 'fullBatch' });
  });

  test.each([
    ['may be tried again', new StoreError('unavailable', 'locked'), false],
    ['can never work as it is set up', new StoreError('refused', 'no such table'), true],
    ['fails for no reason of its own', new Error('locked'), false],
  ])('that %s is said to', async (_, error, refused) => {
    const { open, state } = writerOf([]);
    state.broken.set('open', error);
    expect(await open()).toEqual({ status: 'unavailable', error: error.message, refused });
  });
});

describe('a write', () => {
  test('brings what was learned first, then the goods where they are others, then the markets', async () => {
    const { done, state, write } = writerOf([1, 2]);
    expect(await write()).toEqual({ status: 'done', left: 'none' });
    const markets = [{ wrote: [1, 2] }, { answered: [1, 2], with: ['written', 'written'] }];
    expect(done.splice(0)).toEqual(['learned', { goods: ['gold'] }, ...markets]);
    await write();
    expect(done.splice(0)).toEqual(['learned', ...markets]);
    state.catalogue = { version: 2, commodities: ['silver'] };
    await write();
    expect(done.splice(0)).toEqual(['learned', { goods: ['silver'] }, ...markets]);
    state.catalogue = null;
    await write();
    expect(done.splice(0)).toEqual(['learned', ...markets]);
  });

  test('of nothing but what was learned leaves the markets of the database alone', async () => {
    const { done, state, write } = writerOf([]);
    state.left.learner = 'some';
    expect(await write()).toEqual({ status: 'done', left: 'some' });
    expect(done).toEqual(['learned']);
  });

  test.each(['learn', 'catalogue', 'write'])('that fails (%s) gives every market back', async (what) => {
    const { done, state, write } = writerOf([1, 2]);
    state.broken.set(what, new StoreError('unavailable', 'gone'));
    expect(await write()).toEqual({ status: 'unavailable', error: 'gone', refused: false });
    expect(done.at(-1)).toEqual({ returned: [1, 2] });
    if (what !== 'catalogue') return;
    // What the database does not have yet is not taken for known.
    state.broken.clear();
    done.length = 0;
    await write();
    expect(done).toContainEqual({ goods: ['gold'] });
  });

  test('of which the database refuses one says why, and answers for each', async () => {
    const { done, write } = writerOf([1, 2], { outcomes: [written, failed('a trigger')] });
    expect(await write()).toEqual({ status: 'done', left: 'none', refusal: 'a trigger' });
    expect(done.at(-1)).toEqual({ answered: [1, 2], with: ['written', 'failed'] });
  });

  test('of which the database refuses every market is none: they wait, the others are answered', async () => {
    const { done, write } = writerOf([1, 2, 3, 4], {
      outcomes: [
        failed('a trigger'),
        failed('a trigger'),
        { status: 'stale', storedAtS: 1 },
        failed('a trigger'),
      ],
    });
    expect(await write()).toMatchObject({
      status: 'unavailable',
      refused: false,
      error: expect.stringMatching(
        /^the database refuses every market: a trigger \(a trigger, a foreign/,
      ) as string,
    });
    expect(done.slice(-2)).toEqual([{ returned: [1, 2, 4] }, { answered: [3], with: ['stale'] }]);
  });

  test('puts every third off when told to', async () => {
    const { done, write } = writerOf([1, 2, 3, 4], { deferEveryN: 3 });
    await write();
    expect(done[0]).toEqual({ answered: [3], with: ['contended'] });
    expect(done).toContainEqual({ wrote: [1, 2, 4] });
    done.length = 0;
    // Counted on, over all writes.
    await write();
    expect(done[0]).toEqual({ answered: [2], with: ['contended'] });
  });
});

test('the writer begins with its database, and tells when it is away and back', async () => {
  let isAway = true;
  const { child, lines, send, start, texts, time, told } = childWorld(createWriter, {
    store: {
      open: () =>
        isAway
          ? Promise.reject(new StoreError('unavailable', 'locked'))
          : Promise.resolve({ description: 'db', generation: 'v12', created: false }),
    },
    pool: { left: 'none', takeBatch: () => [], answer: () => undefined },
    learner: { left: 'none', write: () => Promise.resolve() },
    catalogue: { current: null },
  });
  await start();
  isAway = false;
  await time.advance(60_000);
  expect(texts()).toEqual([
    'error database not available, snapshots go to the spool: locked',
    'info database available again after 1 attempts',
  ]);
  expect(lines).toHaveLength(2);
  await send('database.quiesce');
  expect(told).toEqual([['maintenance-window', { type: 'database.quiet', user: 'writer' }]]);
  expect(child.database).toEqual({ saysQuiet: true });
});

test('a market that the database refuses is told, once a reason', async () => {
  const { lines, send, start, time } = childWorld(createWriter, {
    store: {
      open: () => Promise.resolve({ description: 'db', generation: 'v12', created: false }),
      writeMarkets: () => Promise.resolve([written, failed('a trigger')]),
    },
    pool: {
      left: 'none',
      takeBatch: () => [{ marketId: 1 }, { marketId: 2 }],
      answer: () => undefined,
    },
    learner: { left: 'none', write: () => Promise.resolve() },
    catalogue: { current: null },
  });
  await start();
  for (const type of ['work.available', 'work.available']) {
    await send(type);
    await time.advance(1_000);
  }
  expect(lines.filter(([level]) => level === 'warn').map(([, , facts]) => facts)).toEqual([
    { reason: 'a trigger' },
  ]);
});
