import { expect, test } from 'vitest';
import { Hub } from '../../src/actors/subscription/hub.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRecord, MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import type { PushSink } from '../../src/domain/ports/publishing/push.ts';
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
        changes: Array.from({ length: Math.min(limit, this.seq - after) }, (_, i): Change => ({
          ...{ seq: after + 1 + i, kind: 'market', id: BigInt(PORT.id), source: 'live' },
          ...{ observedAtS: 0, writtenAtS: 0 },
        })),
      }),
    markets: (): Promise<MarketRecord[]> => {
      this.beforeRead();
      this.beforeRead = () => undefined;
      return Promise.resolve([{ station: PORT, rows: this.rows } as MarketRecord]);
    },
    replicaLag: () => Promise.resolve(null),
    stations: () => Promise.reject(new Error('not asked')),
  };
}

/** Holds what it is told of the price of gold. */
class Listener implements PushSink {
  price: number | null | undefined;
  snapshot = (_: unknown, { markets }: { readonly markets: readonly MarketRecord[] }) => {
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
  position = () => true;
  end = () => undefined;
}

/** Timers go off when they are told to. */
class HeldTime {
  #timers: { readonly work: () => void }[] = [];
  now = () => 0;
  setTimeout = (work: () => void) => {
    const timer = { work };
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

test('who comes again while much is written is told what he has not been told, though it is as it once was', async () => {
  const written = new Written();
  const time = new HeldTime();
  const store = { beginChangeLog: () => Promise.resolve('there' as const) };
  const hub = new Hub({ store, queries: written.queries, time });
  const watch = { marketIds: new Set([PORT.id]) };
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
  hub.close();
});
