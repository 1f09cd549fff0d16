import type { GalaxyRecord } from '../../domain/galaxy/records.ts';
import { RecordQueue } from '../../domain/galaxy/gathered.ts';
import type { LearningStore } from '../../domain/ports/store/learning-store.ts';
import type { Spool } from '../../domain/ports/market/spool.ts';
import type { Gathering } from '../station-coalescer/gathering.ts';
import type { SpoolKeeper } from '../station-coalescer/spool-keeper.ts';
import type { StationPool } from '../station-coalescer/pool.ts';

export interface LearnerDeps {
  readonly store: LearningStore;
  readonly spool: Spool;
  readonly keeper: SpoolKeeper;
  readonly pool: StationPool;
  /** Records are gathered, too; null: what comes is written. */
  readonly gathering: Gathering | null;
  readonly workAvailable: () => void;
  readonly reportTables: () => void;
}

/** Things held while the database is away. What is dropped then, the next message about it tells again. */
const MAX_HELD = 50_000;

/** Some 0.1 s, in which markets wait. */
const RECORDS_AT_ONCE = 500;

/** What the feed says of the galaxy, on its way to the database: written by the writer, before the markets. */
export class Learner {
  readonly #deps: LearnerDeps;
  readonly #queue = new RecordQueue(MAX_HELD);
  /** Another writer holds their stations. */
  #deferred: GalaxyRecord[] = [];
  #writing = 0;

  constructor(deps: LearnerDeps) {
    this.#deps = deps;
  }

  /** Records that wait, in the writer's terms. */
  get left(): 'none' | 'some' | 'fullBatch' {
    if (this.#queue.size === 0 || this.#deps.gathering?.gathers(this.#queue.size) === true) return 'none';
    return this.#queue.size < RECORDS_AT_ONCE ? 'some' : 'fullBatch';
  }

  /** What markets wait for. Those that are being written are not in the database yet, either. */
  get waiting(): number {
    return this.#queue.size + this.#writing;
  }

  /** All of it is in the database. */
  get isAtRest(): boolean {
    return this.waiting + this.#deferred.length === 0;
  }

  add(records: readonly GalaxyRecord[]): void {
    const hadWork = this.#hasWork();
    this.#queue.add(records);
    if (!hadWork && this.#hasWork()) this.#deps.workAvailable();
  }

  /** Once in a while: what another writer held is to be written, whether anything else comes or not. */
  retry(): void {
    const records = this.#deferred;
    this.#deferred = [];
    this.add(records);
  }

  /** Forgets what waits: it will be read again. */
  clear(): void {
    this.#queue.take(Infinity);
    this.#deferred = [];
  }

  /**
   * Writes some of what waits, and hands parked markets of systems that became known back to their stations.
   * @throws StoreError when the database could not answer; everything still waits then
   */
  async write(): Promise<void> {
    if (this.#queue.size === 0) return;
    const records = this.#queue.take(RECORDS_AT_ONCE);
    this.#writing = records.length;
    try {
      const { madeTables, systems, deferred } = await this.#deps.store.learn(records);
      this.#deferred.push(...deferred);
      if (madeTables) this.#deps.reportTables();
      await this.#release(systems);
    } catch (error) {
      this.#queue.add(records);
      throw error;
    } finally {
      this.#writing = 0;
    }
  }

  #hasWork(): boolean {
    return this.left !== 'none';
  }

  async #release(systems: readonly string[]): Promise<void> {
    const { keeper, pool, spool } = this.#deps;
    if (systems.length === 0 || keeper.parkedCount === 0) return;
    try {
      await pool.sync();
      await pool.release(await spool.parkedIn(systems));
    } catch {
      // The spool is reported by its own; the catalogue looks for what is parked once in a while.
    }
  }
}
