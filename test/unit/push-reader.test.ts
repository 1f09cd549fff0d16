import { describe, expect, test } from 'vitest';
import { Reader } from '../../src/actors/subscription/reader.ts';
import type { LogPosition, PushSnapshot } from '../../src/domain/ports/publishing/push.ts';
import type { ChangeKind } from '../../src/domain/ports/store/changes.ts';
import type { MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import { updateOf, type Update } from '../../src/domain/push/update.ts';
import type { Watch } from '../../src/domain/push/watch.ts';
import { settled } from '../support/virtual-time.ts';

const [GOLD, TEA] = [1, 2];
const at = (seq: number): LogPosition => ({ logId: 'log', seq });
const row = (itemId: number, supplyPrice: number): MarketRow => ({
  itemId,
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: 0 },
  ...{ supplyPrice, supplyUnits: 1, supplyLevel: 1 },
});
const gold = (price: number) => [row(GOLD, price)];
const station = (id: number) => ({ id, system: { id: 1n, x: 0, y: 0, z: 0 } }) as StationRecord;

/** What has become of a market. @param before undefined: nobody remembers */
function update(
  seq: number,
  id: number,
  before: readonly MarketRow[] | undefined,
  now: readonly MarketRow[],
  kind: ChangeKind = 'market',
): Update {
  const change = { seq, kind, id: BigInt(id), source: 'live' as const, observedAtS: 0, writtenAtS: 0 };
  return updateOf({ change, oldestSeq: seq, station: station(id), market: now }, before);
}

const snapshotOf = (...markets: (readonly [id: number, rows: readonly MarketRow[]])[]): PushSnapshot => ({
  markets: markets.map(([id, rows]) => ({ station: station(id), rows, atS: null })),
  ...{ isComplete: true, reason: 'begin' },
});

/** A reader who notes what he is told: of an update its number, its market, and what of gold was and is. */
function readerOf(watch: Watch = {}, since: LogPosition | null = null) {
  const told: unknown[] = [];
  const events: string[] = [];
  const sink = { isRoom: true };
  const reader = new Reader(
    watch,
    since,
    {
      snapshot: ({ seq }, { markets }) => {
        told.push(['snapshot', seq, markets.map(({ rows }) => rows.map(({ itemId }) => itemId))]);
        return sink.isRoom;
      },
      update: ({ seq }, { station: { id }, rows: [first], isWhole }) => {
        const was = isWhole ? 'whole' : (first?.before?.supplyPrice ?? null);
        told.push([seq, id, was, first?.now?.supplyPrice ?? null]);
        return sink.isRoom;
      },
      position: ({ seq }) => {
        told.push(`at ${seq}`);
        return sink.isRoom;
      },
      end: (reason) => void told.push(`end ${reason}`),
    },
    (event) => void events.push(event),
  );
  return { reader, told, events, sink };
}

describe('what changes', () => {
  test('is gathered until he has been told what was, each market once, in the order of its newest change', () => {
    const { reader, told } = readerOf();
    reader.join();
    reader.offer(at(1), update(1, 7, gold(1), gold(2)));
    reader.offer(at(2), update(2, 8, gold(5), gold(6)));
    reader.offer(at(3), update(3, 7, gold(2), gold(3)));
    // One that is again what it was is no news.
    reader.offer(at(4), update(4, 9, gold(1), gold(2)));
    reader.offer(at(5), update(5, 9, gold(2), gold(1)));
    expect(told).toEqual([]);
    reader.flush();
    expect(told).toEqual([
      [2, 8, 5, 6],
      [3, 7, 1, 3],
    ]);
    reader.offer(at(6), update(6, 7, gold(3), gold(4)));
    expect(told.slice(2)).toEqual([[6, 7, 3, 4]]);
    reader.flush();
    expect(told).toHaveLength(3);
  });

  test('is gathered anew where he begins anew', () => {
    const { reader, told } = readerOf();
    reader.offer(at(1), update(1, 7, gold(1), gold(2)));
    reader.gather();
    reader.flush();
    expect(told).toEqual([]);
  });

  test('and is not watched is not told, neither now nor of what was', () => {
    const { reader, told } = readerOf({ itemIds: new Set([TEA]) });
    reader.flush();
    reader.offer(at(1), update(1, 7, gold(1), gold(2)));
    reader.replay(at(2), update(2, 7, gold(1), gold(2)));
    expect(told).toEqual([]);
    reader.replay(at(3), update(3, 7, [row(TEA, 1)], [row(TEA, 2)]));
    expect(told).toEqual([[3, 7, 1, 2]]);
  });
});

describe('where there is no room', () => {
  test('it is told once, and what follows is gathered until there is', () => {
    const { reader, told, events, sink } = readerOf();
    reader.flush();
    sink.isRoom = false;
    reader.offer(at(1), update(1, 7, gold(1), gold(2)));
    reader.offer(at(2), update(2, 7, gold(2), gold(3)));
    reader.offer(at(3), update(3, 8, gold(1), gold(9)));
    reader.reach(at(3));
    expect([told, events]).toEqual([[[1, 7, 1, 2]], ['reader.slow']]);
    reader.drained();
    // Full again after the first: the other one waits.
    reader.flush();
    expect([told.slice(1), events.slice(1)]).toEqual([[[2, 7, 2, 3]], ['reader.drained', 'reader.slow']]);
    sink.isRoom = true;
    reader.drained();
    reader.reach(at(3));
    reader.flush();
    reader.reach(at(4));
    expect(told.slice(2)).toEqual([[3, 8, 1, 9], 'at 4']);
  });

  test('what was waits, and goes on when there is', async () => {
    const { reader, events, sink } = readerOf();
    await reader.roomy();
    sink.isRoom = false;
    reader.arrive(at(1));
    let isRoomy = false;
    void reader.roomy().then(() => (isRoomy = true));
    await settled();
    expect(isRoomy).toBe(false);
    reader.drained();
    await settled();
    expect([isRoomy, events]).toEqual([true, ['reader.slow', 'reader.drained']]);
  });

  test('a thousand markets are gathered at most', () => {
    const { reader, events } = readerOf();
    for (let id = 1; id <= 1_000; id++) reader.offer(at(id), update(id, id, gold(1), gold(2)));
    reader.offer(at(1_001), update(1_001, 1, gold(2), gold(3)));
    expect(events).toEqual([]);
    reader.offer(at(1_002), update(1_002, 1_001, gold(1), gold(2)));
    expect(events).toEqual(['queue.full']);
  });

  test('and none any more, nothing of what was gathered is told', () => {
    const { reader, told } = readerOf();
    reader.offer(at(1), update(1, 7, gold(1), gold(2)));
    reader.end('slow');
    reader.flush();
    expect(told).toEqual(['end slow']);
  });
});

describe('a snapshot', () => {
  test('has the goods that are watched', () => {
    const { reader, told } = readerOf({ itemIds: new Set([TEA]) });
    reader.snapshot(at(4), snapshotOf([7, [row(GOLD, 1), row(TEA, 2)]]));
    const all = readerOf();
    all.reader.snapshot(at(4), snapshotOf([7, [row(GOLD, 1), row(TEA, 2)]]));
    expect([told, all.told]).toEqual([[['snapshot', 4, [[TEA]]]], [['snapshot', 4, [[GOLD, TEA]]]]]);
  });

  test('may be newer than what was gathered: only what is another than in it is told', () => {
    const { reader, told } = readerOf();
    reader.join();
    reader.offer(at(5), update(5, 7, gold(1), gold(2)));
    reader.offer(at(6), update(6, 8, gold(1), gold(2)));
    reader.offer(at(7), update(7, 9, gold(1), gold(2)));
    reader.offer(at(8), update(8, 7, gold(1), gold(2), 'station'));
    reader.snapshot(at(4), snapshotOf([7, gold(2)], [8, gold(3)]));
    reader.flush();
    expect(told.slice(1)).toEqual([
      [6, 8, 3, 2],
      [7, 9, 1, 2],
      [8, 7, 1, 2],
    ]);
  });

  test('is what the next change of a market is told against, and that one only', () => {
    const { reader, told } = readerOf();
    reader.join();
    reader.snapshot(at(4), snapshotOf([7, gold(3)]));
    reader.flush();
    told.length = 0;
    reader.offer(at(5), update(5, 7, undefined, gold(3)));
    reader.offer(at(6), update(6, 7, gold(2), gold(4)));
    reader.offer(at(0), update(0, 8, gold(2), gold(4)));
    expect(told).toEqual([
      [6, 7, 2, 4],
      [0, 8, 2, 4],
    ]);
    reader.snapshot(at(7), snapshotOf([7, gold(4)]));
    reader.join();
    reader.flush();
    reader.offer(at(8), update(8, 7, gold(1), gold(9)));
    expect(told.at(-1), 'of one from before he began anew').toEqual([8, 7, 1, 9]);
  });
});

test('who comes again is told whole markets of what he may have seen by halves, and as it was of what follows', () => {
  const { reader, told } = readerOf({}, at(1));
  reader.join();
  reader.offer(at(5), update(5, 7, gold(1), gold(2)));
  expect(reader.since).toEqual(at(1));
  reader.catchUp(6);
  expect(reader.since).toBeNull();
  reader.arrive(at(6));
  reader.flush();
  reader.offer(at(6), update(6, 8, gold(1), gold(2)));
  reader.offer(at(7), update(7, 8, gold(2), gold(3)));
  reader.offer(at(7), update(6, 8, gold(2), gold(3), 'station'));
  expect(told).toEqual(['at 6', [5, 7, 'whole', 2], [6, 8, 'whole', 2], [7, 8, 2, 3], [7, 8, 2, 3]]);
});

test('where he is he is not told while he is told what was', () => {
  const { reader, told } = readerOf();
  reader.reach(at(1));
  reader.flush();
  reader.reach(at(2));
  expect(told).toEqual(['at 2']);
});
