import { expect, onTestFinished } from 'vitest';
import { Hub } from '../../src/actors/subscription/hub.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRecord, MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import type { PushSink, PushSnapshot } from '../../src/domain/ports/publishing/push.ts';
import type { Update } from '../../src/domain/push/update.ts';
import { settled } from './virtual-time.ts';

const GOLD = 1;
const PORT = { id: 7, system: { id: 1n, x: 0, y: 0, z: 0 } } as StationRecord;

export const gold = (supplyPrice: number): MarketRow => ({
  itemId: GOLD,
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: 0 },
  ...{ supplyPrice, supplyUnits: 1, supplyLevel: 1 },
});

/** A market and its log. What is read of it can be held up. */
export class Written {
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
export class Listener implements PushSink {
  price: number | null | undefined;
  /** Why he began, each time. */
  readonly began: string[] = [];
  timesPlaced = 0;
  isRoom = true;
  /** Why it ended, each time. */
  readonly ended: string[] = [];
  rowsOfSnapshot: readonly MarketRow[] | undefined;
  snapshot = (_: unknown, { markets, reason }: PushSnapshot) => {
    this.began.push(reason);
    this.rowsOfSnapshot = markets[0]?.rows;
    this.price = markets[0]?.rows[0]?.supplyPrice ?? null;
    return this.isRoom;
  };
  update = (_: unknown, { rows, isWhole }: Update) => {
    const [row] = rows;
    if (!isWhole && row?.before !== undefined) expect(row.before?.supplyPrice ?? null).toBe(this.price);
    if (row !== undefined) this.price = row.now?.supplyPrice ?? null;
    else if (isWhole) this.price = null;
    return true;
  };
  position = () => ++this.timesPlaced > 0;
  end = (reason: string) => void this.ended.push(reason);
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
  /** Those that wait for a look, and not for somebody's patience. */
  async look(): Promise<void> {
    const looks = this.#timers.filter(({ delayMs }) => delayMs <= 1_000);
    this.#timers = this.#timers.filter(({ delayMs }) => delayMs > 1_000);
    for (const { work } of looks) work();
    await settled();
  }
  async goOff(): Promise<void> {
    for (const { work } of this.#timers.splice(0)) work();
    await settled();
  }
}

export const watch = { marketIds: new Set([PORT.id]) };

export function hubOn(written: Written, log: 'there' | 'none' = 'there', mostSubscribers = 9) {
  const time = new HeldTime();
  const store = { beginChangeLog: () => Promise.resolve(log) };
  const hub = new Hub({ store, queries: written.queries, time, mostSubscribers });
  onTestFinished(() => hub.close());
  return { time, hub };
}
