import { createHash } from 'node:crypto';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import type { Memory } from '../../src/domain/market/write-rule.ts';
import { emptyDisk } from '../support/memory-spool.ts';
import type { SeededRandom } from '../support/random.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import type { MaintenanceTask } from '../../src/domain/ports/upkeep/maintenance-window.ts';
import type { DumpProgress } from '../../src/domain/ports/galaxy/dump.ts';
import { systemName } from './frames.ts';
import { clearKey, type Dump, type Message, type Visit } from './messages.ts';
import type { Fault, Moment, Scenario } from './scenario.ts';

/** A station as the database has it. */
export interface StoredMarket {
  readonly message: Message;
  live: boolean;
}

/** What outlives the process, and what happens to it. */
export class World {
  readonly scenario: Scenario;
  readonly clock: VirtualTime;
  readonly random: SeededRandom;
  readonly messages: Message[] = [];
  /** Of those the ones without rows, by market and time. */
  readonly clears = new Map<string, Message>();
  /** The database: the last message written for each station, and the systems it knows. */
  readonly stations = new Map<number, StoredMarket>();
  readonly systems = new Set<string>();
  /** Systems that somebody has told of since all is well. */
  readonly visited = new Set<number>();
  readonly spoolDisk = emptyDisk();
  /** What of each market was observed and has left no rows; in the database, too. */
  readonly memory = new Map<number, Memory>();
  /** The newest time of the gateway that the daemon has kept. */
  provenMs = 0;
  /** The newest snapshot of each market that the store refused for good. */
  readonly refusedAtS = new Map<number, number>();
  commoditiesCached = false;
  /** What Spansh offers, what of it is on the disk, and how far the daemon has come with it. */
  dump: Dump;
  readonly dumpFiles = new Map<string, Dump>();
  dumpProgress: DumpProgress | null = null;
  /** `listings.csv`: which message each station is in it with. */
  publishedSet: ReadonlyMap<number, Message> | null = null;
  /** Dumps that were found to be of no use. */
  readonly damagedDumps = new Set<string>();
  /** A purge or an optimization is at work. */
  maintained = false;
  maintenances = 0;
  lastDoneS: Readonly<Record<MaintenanceTask, number>> = { purge: 0, optimize: 0 };
  /** Reads and writes that must not go on meanwhile. */
  databaseUsers = new Set<string>();
  /** Those that are public, and when the last one was made. */
  deltas = { count: 0, atMs: 0 };
  /** Whether the running daemon's supervisor has a maintenance window open. */
  inMaintenance: () => boolean = () => false;
  publishedListing: string | null = null;
  /** Started exports' true content. */
  readonly exportReads: string[] = [];
  /** What must never happen, and did. */
  readonly violations: string[] = [];
  readonly #history = createHash('sha256');
  readonly #trace: ((line: string) => void) | undefined;
  /** Hears when things are in motion. */
  onMoment: (moment: Moment) => void = () => undefined;
  #relayReader: ((told: Message | Visit) => void) | null = null;

  constructor(scenario: Scenario, trace?: (line: string) => void) {
    this.scenario = scenario;
    this.#trace = trace;
    this.clock = new VirtualTime(scenario.startMs);
    this.random = scenario.random;
    this.dump = this.#makeDump();
  }

  /** Spansh has a new dump. */
  renewDump(): void {
    this.dump = this.#makeDump();
    this.note(`new dump ${this.dump.etag}`);
  }

  #makeDump(): Dump {
    const { random } = this;
    const markets: Message[] = [];
    // The first market is the one the relay is probed with.
    for (let marketId = 2; marketId <= this.scenario.markets; marketId++) {
      if (marketId > 2 && random.chance(0.5)) continue;
      markets.push(this.message(marketId, this.nowS - random.integer(0, 7_200), random.integer(1, 4)));
    }
    return { etag: String(this.nowS), markets };
  }

  /** Whether this goes wrong at this moment. */
  suffers(fault: Fault): boolean {
    return this.leftOf(fault) > 0;
  }

  /** How much longer this goes wrong, milliseconds; 0: it does not. */
  leftOf(fault: Fault): number {
    const nowMs = this.clock.now();
    for (const { fromMs, toMs } of this.scenario.windows.get(fault)!)
      if (fromMs <= nowMs && nowMs < toMs) return toMs - nowMs;
    return 0;
  }

  /** True time, epoch seconds. */
  get nowS(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** How wrong the computer's clock is. */
  get clockErrorMs(): number {
    return this.suffers('clock wrong') ? this.scenario.clockErrorMs : 0;
  }

  /** Does something with the database that keeps out of maintenance windows. */
  async using<T>(what: string, work: () => Promise<T>): Promise<T> {
    const users = this.databaseUsers;
    users.add(what);
    // A stop closes the window while it lets the others go on; what is at work in it gives up just then.
    await Promise.resolve();
    if (this.maintained && this.inMaintenance()) this.violated(`${what} while the database is maintained`);
    try {
      return await work();
    } finally {
      users.delete(what);
    }
  }

  violated(what: string): void {
    this.violations.push(`${this.#elapsed()} s: ${what}`);
    this.#trace?.(`${this.#elapsed()} VIOLATION ${what}`);
  }

  /** Told in the order things happen: two runs of a seed must tell the same. */
  note(what: string): void {
    const line = `${this.#elapsed()} ${what}`;
    this.#history.update(`${line}\n`);
    this.#trace?.(line);
  }

  digest(): string {
    return this.#history.copy().digest('hex');
  }

  /** The relay has one reader; a new one takes the old one's place. */
  connect(reader: ((told: Message | Visit) => void) | null): void {
    this.#relayReader = reader;
  }

  publish(told: Message | Visit): void {
    if (!this.suffers('relay silent')) this.#relayReader?.(told);
  }

  /** Something is seen at a market: mostly now, sometimes long ago. */
  observe(marketId: number): Message {
    const { random } = this;
    const observedAtS = this.nowS - (random.chance(0.8) ? random.integer(0, 2) : random.integer(0, 3_600));
    // An empty list means a market that was closed; of a market nobody knows it means nothing and is refused.
    const empty = random.chance(this.stations.has(marketId) ? 0.1 : 0.02);
    return this.message(marketId, observedAtS, empty ? 0 : random.integer(1, 6));
  }

  message(marketId: number, observedAtS: number, rowCount: number): Message {
    const id = this.messages.length;
    const rows = new Int32Array(rowCount * ROW_WIDTH);
    for (let row = 0; row < rowCount; row++) {
      rows[row * ROW_WIDTH + ROW.itemId] = row + 1;
      rows[row * ROW_WIDTH + ROW.supplyPrice] = id + 1;
    }
    const system = marketId % this.scenario.systemsKnownAtMs.length;
    const message = {
      id,
      marketId,
      systemName: systemName(system),
      stationName: `Station ${marketId}`,
      observedAtS,
      rows,
    };
    this.messages.push(message);
    if (rowCount === 0) this.clears.set(clearKey(marketId, observedAtS), message);
    return message;
  }

  /** `listings-live.csv` as it should be now. */
  liveListing(): string {
    return [...this.stations]
      .filter(([, { live, message }]) => live && message.rows.length > 0)
      .sort(([a], [b]) => a - b)
      .map(([marketId, { message }]) => `${marketId}:${message.id}\n`)
      .join('');
  }

  /** Seconds since the start. */
  #elapsed(): string {
    return ((this.clock.now() - this.scenario.startMs) / 1000).toFixed(3);
  }
}
