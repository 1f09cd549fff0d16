import { StoreError } from '../../domain/errors.ts';
import type { WriteOutcome } from '../../domain/market/outcome.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import { reasonKind } from '../../domain/refusals.ts';

/** Fewer may be bad by chance. */
const MARKETS_IN_A_ROW = 3;

/**
 * Tells a database that takes nothing from one that refuses a market: several in a row for one reason, and none written
 * between them.
 */
export class RefusalStreak {
  readonly #markets = new Set<number>();
  #kind = '';

  /** Looks at what became of a batch. @returns why the database takes nothing; null: nothing says so */
  after(batch: readonly Snapshot[], outcomes: readonly WriteOutcome[]): StoreError | null {
    if (outcomes.some(({ status }) => status === 'written')) {
      this.#markets.clear();
      return null;
    }
    let last: string | null = null;
    for (const [i, { marketId }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status !== 'failed') continue;
      const kind = reasonKind(outcome.reason);
      if (kind !== this.#kind) this.#markets.clear();
      this.#kind = kind;
      if (this.#markets.size < MARKETS_IN_A_ROW) this.#markets.add(marketId);
      last = outcome.reason;
    }
    if (last === null || this.#markets.size < MARKETS_IN_A_ROW) return null;
    return new StoreError('unavailable', `the database refuses every market: ${last}`, {
      advice: 'a trigger, a foreign column or a missing row is in the way; it is tried again',
    });
  }
}
