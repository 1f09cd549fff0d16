import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gathering } from '../../src/actors/station-coalescer/gathering.ts';
import { Ledger, withoutFate } from '../../src/actors/station-coalescer/ledger.ts';
import { SpoolKeeper } from '../../src/actors/station-coalescer/spool-keeper.ts';
import { StationPool } from '../../src/actors/station-coalescer/pool.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { createMemorySpool, emptyDisk } from '../support/memory-spool.ts';
import { times } from '../support/times.ts';
import { ProcessTime, VirtualTime } from '../support/virtual-time.ts';

/** How the scripted store answers for one station; `write` follows the write rule. */
type Answer = 'write' | 'contended' | 'failed' | 'unknownSystem' | 'invalid';

/** One thing that happens to the pool. */
type Step =
  | { readonly do: 'observe'; readonly market: number; readonly observedAtS: number; readonly empty: boolean }
  | { readonly do: 'startWrite' }
  | { readonly do: 'endWrite'; readonly answers: readonly Answer[] }
  | { readonly do: 'loseDatabase'; readonly committed: boolean }
  | { readonly do: 'tick'; readonly afterMs: number }
  | { readonly do: 'endOfFile' }
  | { readonly do: 'releaseParked' }
  | { readonly do: 'breakSpool'; readonly afterCalls: number }
  | { readonly do: 'mendSpool' }
  | { readonly do: 'kill' }
  | { readonly do: 'stop' };

/** Where observations come from; `archive`: gathered before they are written, and read again after a kill. */
type Source = 'relay' | 'file' | 'archive';

const MARKETS = 5;
const SPOOL_AFTER_MS = 500;
const START_MS = Date.UTC(2026, 0, 1);

interface Accepted {
  readonly market: number;
  readonly observedAtS: number;
  readonly receivedAtMs: number;
  /** On disk or settled: a kill cannot take it any more. */
  durable: boolean;
}

/** The real pool and keeper between a memory spool and a scripted store, and the little that must be true of them. */
class World {
  readonly clock = new VirtualTime(START_MS);
  readonly disk = emptyDisk();
  readonly source: Source;
  /** The store: when each market was last written, and whether that cleared it. */
  readonly stored = new Map<number, { readonly atS: number; readonly empty: boolean }>();
  /** What the pool took in, and the newest of each market that was refused for good. */
  accepted: Accepted[] = [];
  readonly rejectedAtS = new Map<number, number>();
  #callsLeft = Infinity;
  #inFlight: Snapshot[] | null = null;
  #workTold = false;
  time = new ProcessTime(this.clock);
  ledger = new Ledger();
  keeper!: SpoolKeeper;
  pool!: StationPool;

  constructor(source: Source) {
    this.source = source;
  }

  async start(): Promise<void> {
    this.#callsLeft = Infinity;
    this.#inFlight = null;
    this.#workTold = false;
    this.time.kill();
    this.time = new ProcessTime(this.clock);
    this.ledger = new Ledger();
    const spool = createMemorySpool(this.disk, 100, async (work) => {
      await Promise.resolve();
      if (this.#callsLeft-- <= 0) throw new Error('disk full');
      return work();
    });
    this.keeper = new SpoolKeeper(spool);
    await this.keeper.open(Math.floor(this.time.now() / 1000));
    this.pool = new StationPool(
      {
        ledger: this.ledger,
        keeper: this.keeper,
        time: this.time,
        random: () => 0.5,
        backoff: { minMs: 250, capMs: 30_000 },
        maxFailures: 2,
        maxLive: 3,
        feedWaits: this.source !== 'relay',
        batch: { rows: 100, markets: 2 },
        gathering: this.source === 'archive' ? new Gathering({ rows: 2, records: 0 }) : null,
        recordsHeld: () => 0,
      },
      {
        workAvailable: () => (this.#workTold = true),
        batchFull: () => (this.#workTold = true),
        pauseFeed: () => undefined,
        resumeFeed: () => undefined,
        written: () => undefined,
        emptied: () => undefined,
      },
    );
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'observe': {
        this.#observe(step.market, step.observedAtS, step.empty);
        return;
      }
      case 'startWrite':
        if (this.#inFlight !== null) return;
        this.#inFlight = this.pool.takeBatch();
        if (this.pool.left === 'none') this.#workTold = false;
        return;
      case 'endWrite': {
        this.#endWrite((i) => step.answers[i] ?? 'write');
        return;
      }
      case 'loseDatabase':
        if (step.committed) for (const snapshot of this.#inFlight ?? []) this.#write(snapshot);
        this.pool.returnBatch(this.#inFlight ?? []);
        this.#inFlight = null;
        return;
      case 'endOfFile':
        this.pool.endGathering();
        return;
      case 'tick':
        return this.#tick(step.afterMs);
      case 'releaseParked':
        await this.pool.release(this.#parked()).catch(() => undefined);
        return;
      case 'breakSpool':
        this.#callsLeft = step.afterCalls;
        return;
      case 'mendSpool':
        this.#callsLeft = Infinity;
        return;
      case 'kill':
        this.accepted = this.accepted.filter(({ durable }) => durable);
        return this.start();
      case 'stop': {
        const spooled = await this.pool.spoolRest().then(
          () => true,
          () => false,
        );
        expect(this.time.armed, 'a stopped pool waits for nothing').toBe(0);
        this.accepted = this.accepted.filter(({ durable }) => durable || spooled);
        return this.start();
      }
    }
  }

  /** Everything works again and nothing comes in: whatever still waits must arrive. */
  async settle(): Promise<void> {
    await this.take({ do: 'mendSpool' });
    await this.take({ do: 'endOfFile' });
    for (let round = 0; round < 30; round++) {
      await this.#tick(31_000);
      if (round % 10 === 0) await this.take({ do: 'releaseParked' });
      await this.take({ do: 'startWrite' });
      this.#endWrite(() => 'write');
    }
  }

  /** What must hold after every step. */
  check(): void {
    expect(withoutFate(this.ledger.totals), 'the account adds up').toBe(this.pool.heldCount);
    if (this.pool.left !== 'none') expect(this.#workTold, 'the writer knows of the queue').toBe(true);
  }

  /** The newest observation of each market that nobody may lose, against what the store has. */
  missing(): Accepted[] {
    return this.accepted.filter(({ market, observedAtS }) => {
      if (observedAtS <= (this.rejectedAtS.get(market) ?? 0)) return false;
      return (this.stored.get(market)?.atS ?? 0) < observedAtS;
    });
  }

  #observe(market: number, observedAtS: number, empty: boolean): void {
    const receivedAtMs = this.time.now();
    this.accepted.push({ market, observedAtS, receivedAtMs, durable: false });
    this.ledger.totals.received += 1;
    this.ledger.totals.accepted += 1;
    this.pool.receive([
      {
        marketId: market,
        systemName: 'Sol',
        stationName: 'Galileo',
        observedAtS,
        receivedAtMs,
        rows: new Int32Array(empty ? 0 : ROW_WIDTH),
      },
    ]);
  }

  #endWrite(answer: (i: number) => Answer): void {
    const batch = this.#inFlight ?? [];
    this.#inFlight = null;
    this.pool.answer(
      batch,
      batch.map((snapshot, i): WriteOutcome => {
        const status = answer(i);
        if (status === 'write') return this.#write(snapshot);
        if (status === 'unknownSystem') return { status };
        if (status === 'invalid') this.rejectedAtS.set(snapshot.marketId, snapshot.observedAtS);
        return { status, reason: 'scripted' };
      }),
    );
  }

  #write({ marketId, observedAtS, rows }: Snapshot): WriteOutcome {
    const stored = this.stored.get(marketId);
    if (stored !== undefined && !stored.empty && observedAtS < stored.atS) {
      return { status: 'stale', storedAtS: stored.atS };
    }
    this.stored.set(marketId, { atS: observedAtS, empty: rows.length === 0 });
    return { status: 'written', rows: rows.length / ROW_WIDTH, station: 'known' };
  }

  async #tick(afterMs: number): Promise<void> {
    await this.clock.advance(afterMs);
    const nowMs = this.time.now();
    try {
      await this.pool.tick();
    } catch {
      return;
    }
    for (const entry of this.accepted)
      entry.durable ||= this.source !== 'archive' && entry.receivedAtMs <= nowMs - SPOOL_AFTER_MS;
    const onDisk = [...this.disk.entries.values()].filter(({ state }) => state === 'pending').length;
    expect(this.keeper.pendingCount, 'the keeper knows what the spool holds').toBe(onDisk);
    expect(this.keeper.parkedCount).toBe(this.disk.entries.size - onDisk);
  }

  #parked(): number[] {
    return [...this.disk.entries].flatMap(([marketId, { state }]) => (state === 'parked' ? marketId : []));
  }
}

const answers: Answer[] = ['write', 'contended', 'failed', 'unknownSystem', 'invalid'];
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('observe' as const),
      market: fc.integer({ min: 1, max: MARKETS }),
      observedAtS: fc.integer({ min: 1, max: 9 }).map((s) => START_MS / 1000 - s),
      empty: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'startWrite' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('endWrite' as const),
      answers: fc.array(fc.constantFrom(...answers), { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('loseDatabase' as const), committed: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('tick' as const), afterMs: fc.constantFrom(0, 250, 500, 31_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ do: 'releaseParked' as const }, { do: 'endOfFile' as const }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('breakSpool' as const),
      afterCalls: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { do: 'mendSpool' as const },
      { do: 'kill' as const },
      { do: 'stop' as const },
    ),
  },
);

test.each(['relay', 'file', 'archive'] as const)(
  'newest wins, counts add up, nothing is lost (from %s)',
  async (source) => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), async (steps) => {
        const world = new World(source);
        await world.start();
        for (const step of steps) {
          await world.take(step);
          world.check();
        }
        await world.settle();
        world.check();
        expect(world.missing()).toEqual([]);
        expect(world.pool.liveCount + world.disk.entries.size, 'nothing waits any more').toBe(0);
      }),
      { numRuns: times(500, 2_000) },
    );
  },
);
