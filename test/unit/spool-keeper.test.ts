import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpoolKeeper } from '../../src/actors/station-coalescer/spool-keeper.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import type { SpoolState } from '../../src/domain/ports/market/spool.ts';
import { createMemorySpool, emptyDisk } from '../support/memory-spool.ts';

function snapshot(marketId: number, observedAtS: number, rows = 1): Snapshot {
  const names = { systemName: 'Sol', stationName: 'Galileo' };
  return { marketId, ...names, observedAtS, receivedAtMs: 0, rows: new Int32Array(rows * ROW_WIDTH) };
}

test('a start finds what waits and what is parked; what waits is given back, unless it is at work or settled', async () => {
  const disk = emptyDisk();
  for (const id of [1, 2, 3, 4, 5]) {
    disk.entries.set(id, { state: id === 2 ? 'parked' : 'pending', entry: snapshot(id, 1) });
  }
  disk.clears.set(8, 40 * 86_400).set(9, 1);
  const keeper = new SpoolKeeper(createMemorySpool(disk, 100, (work) => Promise.resolve(work())));
  expect(await keeper.open(60 * 86_400)).toEqual({ pending: 4, parked: 1 });
  expect([keeper.clearedAtS(8), keeper.clearedAtS(9)]).toEqual([40 * 86_400, -1]);
  const live = new Map([[3, {}]]);
  expect(keeper.waiting(9, live)).toEqual([1, 4, 5]);
  expect(keeper.waiting(2, live)).toEqual([1, 4]);
  // A newer one is on its way to the disk, where the old one is.
  keeper.pend(snapshot(1, 2));
  keeper.forget({ marketId: 4, observedAtS: 1 });
  expect(keeper.waiting(9, live)).toEqual([5]);
  const taken = await keeper.take([2, 4, 5, 7]);
  expect(taken.map(({ marketId: id }) => id)).toEqual([2, 5]);
});

type Step =
  | { does: 'keep'; marketId: number; observedAtS: number; isParked: boolean }
  | { does: 'forget'; marketId: number; observedAtS: number }
  | { does: 'commit'; marketId: number; isEmpty: boolean }
  | { does: 'sync' }
  | { does: 'answer'; isGood: boolean };

const MARKETS = 2;
const marketId = fc.integer({ min: 1, max: MARKETS });
const step = fc.oneof(
  fc.record({ does: fc.constant('keep'), marketId, observedAtS: fc.nat(4), isParked: fc.boolean() }),
  fc.record({ does: fc.constant('forget'), marketId, observedAtS: fc.nat(4) }),
  fc.record({ does: fc.constant('commit'), marketId, isEmpty: fc.boolean() }),
  fc.record({ does: fc.constant('sync') }),
  // One call of the spool comes to its end.
  fc.record({ does: fc.constant('answer'), isGood: fc.boolean() }),
) as fc.Arbitrary<Step>;

/** What chance rarely brings: an older one is forgotten while it fails that a newer one is. */
const FORGOTTEN_TWICE: Step[] = [
  { does: 'keep', marketId: 1, observedAtS: 4, isParked: false },
  { does: 'sync' },
  { does: 'answer', isGood: true },
  { does: 'forget', marketId: 1, observedAtS: 4 },
  { does: 'sync' },
  { does: 'keep', marketId: 1, observedAtS: 0, isParked: false },
  { does: 'forget', marketId: 1, observedAtS: 0 },
  { does: 'answer', isGood: false },
];

/** And that one which is put aside for want of room is seen again before. */
const SEEN_AGAIN: Step[] = [
  { does: 'keep', marketId: 1, observedAtS: 0, isParked: true },
  { does: 'sync' },
  { does: 'answer', isGood: true },
  { does: 'keep', marketId: 2, observedAtS: 1, isParked: true },
  { does: 'sync' },
  { does: 'keep', marketId: 1, observedAtS: 4, isParked: true },
  { does: 'answer', isGood: true },
];

/** What the disk holds in the end, if nothing ever goes wrong. */
class Model {
  readonly entries = new Map<number, { readonly observedAtS: number; readonly state: SpoolState }>();
  readonly clears = new Map<number, number>();

  keep(market: number, observedAtS: number, state: SpoolState): void {
    if ((this.entries.get(market)?.observedAtS ?? 0) <= observedAtS)
      this.entries.set(market, { observedAtS, state });
  }

  forget(market: number, observedAtS: number): void {
    if ((this.entries.get(market)?.observedAtS ?? Infinity) <= observedAtS) this.entries.delete(market);
  }
}

test('whatever fails, and whatever comes while it is written, the disk has what was said last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.boolean(),
      fc.integer({ min: 1, max: MARKETS }),
      async (steps, isWell, parkedMax) => {
        const disk = emptyDisk();
        let dropped = 0;
        let told = 0;
        const count = (more: number) => void (told += more);
        const calls: ((isGood: boolean) => void)[] = [];
        const spool = createMemorySpool(disk, parkedMax, (work) => {
          const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof work>>();
          calls.push((isGood) => {
            if (!isGood) {
              reject(new Error('disk full'));
              return;
            }
            const result = work();
            if (Array.isArray(result)) dropped += result.length;
            resolve(result);
          });
          return promise;
        });
        const settle = () => new Promise(setImmediate);
        const keeper = new SpoolKeeper(spool);
        const model = new Model();
        let committedAtS = 0;
        for (const each of steps) {
          switch (each.does) {
            case 'keep':
              if (each.isParked) keeper.park(snapshot(each.marketId, each.observedAtS));
              else keeper.pend(snapshot(each.marketId, each.observedAtS));
              model.keep(each.marketId, each.observedAtS, each.isParked ? 'parked' : 'pending');
              break;
            case 'forget':
              keeper.forget(each);
              model.forget(each.marketId, each.observedAtS);
              break;
            case 'commit':
              committedAtS += 1;
              keeper.noteCommitted(snapshot(each.marketId, committedAtS, each.isEmpty ? 0 : 1));
              if (each.isEmpty) model.clears.set(each.marketId, committedAtS);
              else model.clears.delete(each.marketId);
              break;
            case 'sync':
              keeper.sync().then(count, () => undefined);
              break;
            case 'answer':
              calls.shift()?.(each.isGood);
              await settle();
          }
        }
        for (const isGood of isWell ? [true] : [false, true]) {
          const end = { isOver: false };
          const synced = keeper
            .syncAll()
            .then(count)
            .finally(() => (end.isOver = true));
          synced.catch(() => undefined);
          while (!end.isOver) {
            calls.shift()?.(isGood);
            await settle();
          }
          if (isGood) await synced;
        }
        const kept = Array.from(disk.entries.values(), ({ state, entry }) => ({
          state,
          ...{ marketId: entry.marketId, observedAtS: entry.observedAtS },
        }));
        const parked = kept.filter(({ state }) => state === 'parked').length;
        expect([keeper.parkedCount, keeper.pendingCount]).toEqual([parked, kept.length - parked]);
        expect(disk.clears).toEqual(model.clears);
        expect(told, 'for want of room').toBe(dropped);
        // Of those for whom there is no room nothing is said here.
        if (parkedMax < MARKETS) return;
        expect(new Map(kept.map(({ marketId: id, ...entry }) => [id, entry]))).toEqual(model.entries);
      },
    ),
    {
      numRuns: 1_000,
      examples: [
        [FORGOTTEN_TWICE, true, MARKETS],
        [SEEN_AGAIN, true, 1],
      ],
    },
  );
});
