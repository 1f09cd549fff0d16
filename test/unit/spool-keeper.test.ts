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

type Step =
  | { does: 'keep'; marketId: number; observedAtS: number; isParked: boolean }
  | { does: 'forget'; marketId: number; observedAtS: number }
  | { does: 'commit'; marketId: number; isEmpty: boolean }
  | { does: 'sync' }
  | { does: 'answer'; isGood: boolean };

const marketId = fc.integer({ min: 1, max: 2 });
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
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.boolean(), async (steps, isWell) => {
      const disk = emptyDisk();
      const calls: ((isGood: boolean) => void)[] = [];
      const spool = createMemorySpool(disk, 100, (work) => {
        const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof work>>();
        calls.push((isGood) => (isGood ? resolve(work()) : reject(new Error('disk full'))));
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
            keeper.sync().catch(() => undefined);
            break;
          case 'answer':
            calls.shift()?.(each.isGood);
            await settle();
        }
      }
      for (const isGood of isWell ? [true] : [false, true]) {
        const end = { isOver: false };
        const synced = keeper.syncAll().finally(() => (end.isOver = true));
        synced.catch(() => undefined);
        while (!end.isOver) {
          calls.shift()?.(isGood);
          await settle();
        }
        if (isGood) await synced;
      }
      const kept = Array.from(disk.entries.values(), ({ state, entry }) => [
        entry.marketId,
        { observedAtS: entry.observedAtS, state },
      ]);
      expect(new Map(kept as [])).toEqual(model.entries);
      expect(disk.clears).toEqual(model.clears);
      const parked = [...model.entries.values()].filter(({ state }) => state === 'parked').length;
      expect([keeper.parkedCount, keeper.pendingCount]).toEqual([parked, model.entries.size - parked]);
    }),
    { numRuns: 1_000, examples: [[FORGOTTEN_TWICE, true]] },
  );
});
