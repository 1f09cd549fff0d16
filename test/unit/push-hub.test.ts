import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { Hub } from '../../src/actors/subscription/hub.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRecord, MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import type { PushSink, PushSnapshot } from '../../src/domain/ports/publishing/push.ts';
import type { Update } from '../../src/domain/push/update.ts';

const GOLD = 1;
const PORT = { id: 7, system: { id: 1n, x: 0, y: 0, z: 0 } } as StationRecord;

const gold = (supplyPrice: number): MarketRow => ({
  itemId: GOLD,
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: 0 },
  ...{ supplyPrice, supplyUnits: 1, supplyLevel: 1 },
});

/** A market and its log. What is read of it can be held up. */
class Written {
  rows: readonly MarketRow[] = [];
  seq = 0;
  /** Entries up to here are kept no longer. */
  trimmed = 0;
  isGone = false;
  /** Before the next look at the market. */
  beforeRead: () => void = () => undefined;

  write(...rows: MarketRow[]): void {
    this.rows = rows;
    this.seq++;
  }

  readonly queries = {
    changesSince: (after: number, limit: number) =>
      Promise.resolve({
        ...{ logId: 'log', lastSeq: this.seq },
        changes:
          after < this.trimmed
            ? null
            : Array.from({ length: Math.min(limit, this.seq - after) }, (_, i): Change => ({
                ...{ seq: after + 1 + i, kind: 'market', id: BigInt(PORT.id), source: 'live' },
                ...{ observedAtS: 0, writtenAtS: 0 },
              })),
      }),
    markets: (): Promise<MarketRecord[]> => {
      this.beforeRead();
      this.beforeRead = () => undefined;
      return Promise.resolve(this.isGone ? [] : [{ station: PORT, rows: this.rows } as MarketRecord]);
    },
    replicaLag: () => Promise.resolve(null),
    stations: () => Promise.reject(new Error('not asked')),
  };
}

/** Holds what it is told of the price of gold. */
class Listener implements PushSink {
  price: number | null | undefined;
  /** Why he began, each time. */
  readonly began: string[] = [];
  timesPlaced = 0;
  snapshot = (_: unknown, { markets, reason }: PushSnapshot) => {
    this.began.push(reason);
    this.price = markets[0]?.rows[0]?.supplyPrice ?? null;
    return true;
  };
  update = (_: unknown, { rows, isWhole }: Update) => {
    const [row] = rows;
    if (!isWhole && row?.before !== undefined) expect(row.before?.supplyPrice ?? null).toBe(this.price);
    if (row !== undefined) this.price = row.now?.supplyPrice ?? null;
    else if (isWhole) this.price = null;
    return true;
  };
  position = () => ++this.timesPlaced > 0;
  end = () => undefined;
}

/** Timers go off when they are told to. */
class HeldTime {
  #timers: { readonly work: () => void; readonly delayMs: number }[] = [];
  nowMs = 0;
  now = () => this.nowMs;
  /** When what waits is due. */
  get delays(): number[] {
    return this.#timers.map(({ delayMs }) => delayMs);
  }
  setTimeout = (work: () => void, delayMs: number) => {
    const timer = { work, delayMs };
    this.#timers.push(timer);
    return timer;
  };
  clearTimeout = (handle: unknown) => {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  };
  async goOff(): Promise<void> {
    for (const { work } of this.#timers.splice(0)) work();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const watch = { marketIds: new Set([PORT.id]) };

function hubOn(written: Written) {
  const time = new HeldTime();
  const store = { beginChangeLog: () => Promise.resolve('there' as const) };
  const hub = new Hub({ store, queries: written.queries, time });
  onTestFinished(() => hub.close());
  return { time, hub };
}

test('who comes again while much is written is told what he has not been told, though it is as it once was', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const stays = new Listener();
  hub.subscribe(watch, null, stays);
  await settled();
  for (const rows of [[], [gold(2)]]) {
    written.write(...rows);
    await time.goOff();
  }
  expect(stays.price).toBe(2);

  // He left before the second entry. As it is read for him the gold goes; before the hub looks it is back.
  const comes = new Listener();
  written.beforeRead = () => written.write();
  hub.subscribe(watch, { logId: 'log', seq: 1 }, comes);
  await settled();
  expect(comes.price).toBeNull();
  written.write(gold(2));
  await time.goOff();
  expect([stays.price, comes.price]).toEqual([2, 2]);
});

test('who listens is told anew when the log does not reach back any more, and of what changes then', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  written.write(gold(2));
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([2, ['begin']]);
  written.write(gold(5));
  written.trimmed = written.seq;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([5, ['begin', 'lost']]);
  written.write(gold(2));
  await time.goOff();
  expect(listener.price).toBe(2);

  // In the next gap its station goes, and comes back as it was: what was remembered of then is of no use.
  written.isGone = true;
  written.write();
  written.trimmed = written.seq;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([null, ['begin', 'lost', 'lost']]);
  written.isGone = false;
  written.write(gold(2));
  await time.goOff();
  expect(listener.price).toBe(2);
});

test('whoever is 20,000 entries behind is told how it is, not all that was', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  written.write(gold(3));
  written.seq += 19_999;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([3, ['begin']]);
  written.write(gold(4));
  written.seq += 20_000;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([4, ['begin', 'lost']]);
});

test('who listens is told every 15 s where he is', async () => {
  const { time, hub } = hubOn(new Written());
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  for (time.nowMs = 1_000; time.nowMs <= 45_000; time.nowMs += 1_000) await time.goOff();
  expect(listener.timesPlaced).toBe(3);
});

test('it is looked once a second, 50 ms after something was committed, and again when that was while it looked', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  hub.subscribe(watch, null, new Listener());
  await settled();
  expect(time.delays).toEqual([1_000]);
  hub.poke();
  expect(time.delays, 'sooner').toEqual([50]);
  hub.poke();
  expect(time.delays, 'once').toEqual([50]);
  written.write(gold(1));
  written.beforeRead = () => hub.poke();
  await time.goOff();
  expect(time.delays, 'it may have come too late for that look').toEqual([50]);
  await time.goOff();
  expect(time.delays).toEqual([1_000]);
});

test('whoever has waited leaves nothing behind: neither looks nor listeners', async () => {
  const { time, hub } = hubOn(new Written());
  const { signal } = new AbortController();
  const after = hub.after({ logId: 'log', seq: 0 }, 5_000, signal);
  await settled();
  expect(time.delays.toSorted((a, b) => a - b)).toEqual([1_000, 5_000]);
  await time.goOff();
  await after;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await time.goOff();
  await time.goOff();
  expect(time.delays, 'nobody waits').toEqual([]);
});
