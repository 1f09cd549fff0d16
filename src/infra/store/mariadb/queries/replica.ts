import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell } from '../../shared/queries/reader.ts';

/** What has changed, as the daemon tells it. */
export type Changed = readonly number[] | 'all';

export interface ReplicaDeps {
  /** Asks the server that is written to. */
  readonly primary: (sql: string) => Promise<readonly Cell[][]>;
  /** Asks the server that is read. */
  readonly replica: (sql: string) => Promise<readonly Cell[][]>;
  /** What has changed is there now. */
  readonly deliver: (changed: Changed) => void;
}

/** Between two looks at a server that lags, at first and at most. */
const LOOK_MS = { first: 20, most: 500 };
/** How old an answer about the lag may be. */
const FRESH_MS = 1_000;

/**
 * Follows how far a replica has come, by global transaction ids: no privilege is needed for that. What was told to have
 * changed is told on when the replica has it, for what is read before would be kept for new.
 */
export class Replica {
  readonly #deps: ReplicaDeps;
  readonly #held: Changed[] = [];
  #following: Promise<void> | null = null;
  #closed = false;
  #completeToMs: number | null = null;
  /** The same, on a clock that nobody sets and that tells moments of one millisecond apart. */
  #completeAt = -Infinity;

  constructor(deps: ReplicaDeps) {
    this.#deps = deps;
  }

  /** Everything that was written until then can be read, epoch milliseconds; null: unknown. */
  get completeToMs(): number | null {
    if (this.#completeToMs === null || Date.now() - this.#completeToMs > FRESH_MS) void this.#follow();
    return this.#completeToMs;
  }

  hold(changed: Changed): void {
    this.#held.push(changed);
    void this.#follow();
  }

  /** Waits until what is written now can be read, but not for ever. @returns whether it can */
  async catchUp(patienceMs: number): Promise<boolean> {
    const since = performance.now();
    const late = sleep(patienceMs, undefined, { ref: false });
    const isThere = () => this.#completeAt >= since;
    await Promise.race([this.#follow(), late]);
    // That one may have begun before.
    if (!isThere()) await Promise.race([this.#follow(), late]);
    return isThere();
  }

  close(): void {
    this.#closed = true;
  }

  /** Never rejects: a server that does not answer is asked again with the next question, or the next change. */
  #follow(): Promise<void> {
    this.#following ??= this.#reach()
      .catch(() => undefined)
      .finally(() => (this.#following = null));
    return this.#following;
  }

  async #reach(): Promise<void> {
    do {
      const told = this.#held.length;
      const atMs = Date.now();
      const at = performance.now();
      const wanted = positions(await this.#deps.primary('SELECT @@gtid_binlog_pos'));
      // Without a binary log there are no ids to follow.
      if (wanted.size > 0) {
        let waitMs = LOOK_MS.first;
        while (!isReached(wanted, positions(await this.#deps.replica('SELECT @@gtid_current_pos')))) {
          if (this.#closed) return;
          await sleep(waitMs);
          waitMs = Math.min(LOOK_MS.most, waitMs * 2);
        }
        this.#completeToMs = atMs;
        this.#completeAt = at;
      }
      for (const changed of this.#held.splice(0, told)) this.#deps.deliver(changed);
    } while (this.#held.length > 0 && !this.#closed);
  }
}

/** `0-1-42,1-7-3`: the newest transaction of each domain. */
function positions(rows: readonly Cell[][]): Map<string, bigint> {
  const ids = String(rows[0]?.[0] ?? '').split(',');
  return new Map(
    ids.flatMap((id) => {
      const [domain = '', , sequence] = id.split('-');
      return sequence === undefined ? [] : [[domain, BigInt(sequence)] as const];
    }),
  );
}

function isReached(wanted: ReadonlyMap<string, bigint>, reached: ReadonlyMap<string, bigint>): boolean {
  return [...wanted].every(([domain, sequence]) => (reached.get(domain) ?? 0n) >= sequence);
}
