import { StoreError } from '../../domain/errors.ts';
import type { WriteOutcome } from '../../domain/market/outcome.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import { reasonKind } from '../../domain/refusals.ts';

/** Fewer may be bad by chance. */
const MARKETS_IN_A_ROW = 3;

/** Why the database refuses every market, as far as can be told, or some; neither: it refused none, or one once. */
export interface Refused {
  readonly every?: StoreError;
  readonly some?: string;
}

/**
 * Tells a database that takes nothing from one that refuses a market: several in a row for one reason, and none written
 * between them.
 */
export class RefusalStreak {
  readonly #markets = new Set<number>();
  #kind = '';

  /** Looks at what became of a batch. */
  after(batch: readonly Snapshot[], outcomes: readonly WriteOutcome[]): Refused {
    if (outcomes.some(({ status }) => status === 'written')) {
      // It may be mended in the middle of a batch.
      const isOver = this.#markets.size === MARKETS_IN_A_ROW;
      this.#markets.clear();
      const failed = outcomes.find(({ status }) => status === 'failed');
      return failed?.status === 'failed' && !isOver ? { some: failed.reason } : {};
    }
    let last: string | null = null;
    let isAgain = false;
    for (const [i, { marketId }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status !== 'failed') continue;
      const kind = reasonKind(outcome.reason);
      if (kind !== this.#kind) this.#markets.clear();
      this.#kind = kind;
      isAgain ||= this.#markets.has(marketId);
      if (this.#markets.size < MARKETS_IN_A_ROW) this.#markets.add(marketId);
      last = outcome.reason;
    }
    if (last === null) return {};
    if (this.#markets.size < MARKETS_IN_A_ROW) return isAgain ? { some: last } : {};
    const every = new StoreError('unavailable', `the database refuses every market: ${last}`, {
      advice: 'a trigger, a foreign column or a missing row is in the way; it is tried again',
    });
    return { every };
  }
}
