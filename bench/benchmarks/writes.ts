import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { freshMarkets, groupsOf, laterMarkets, ROWS } from '../generators/markets.ts';
import { Match, OURS, type Contender } from '../harness/measure.ts';
import type { Comparison, RunOptions } from '../harness/types.ts';

/** Stations of a transaction, on both sides; about what the daemon's writer takes at most. */
const TRANSACTION = 100;

/** One way to write markets, with a database of its own. */
export interface Writer {
  /** What it does where there are no rows yet, and where there are. */
  readonly names: { readonly fresh: string; readonly update: string };
  readonly insert: (markets: readonly Snapshot[]) => unknown;
  readonly update: (markets: readonly Snapshot[]) => unknown;
  /** Removes all rows. */
  readonly clear: () => unknown;
  /** Lets the database finish what it does behind earlier writes. */
  readonly settle: () => unknown;
}

const BUDGET = 0.8;

/** Part of each market's rows that changed since the last time. */
const UPDATES = [
  { name: 'update, every row changed', changed: 1, budget: BUDGET },
  { name: 'update, 50 % of rows changed', changed: 0.5, budget: BUDGET },
  { name: 'update, 10 % of rows changed', changed: 0.1, budget: BUDGET },
  { name: 'update, nothing changed but the time', changed: 0, budget: BUDGET },
];

/** Fresh markets, then the same ones again and again, by every writer in turn. */
export async function compareWrites(
  ours: Pick<Writer, 'clear' | 'settle'> & { readonly store: MarketStore },
  limits: readonly Writer[],
  { size, rounds, onlyOurs }: RunOptions,
  others: readonly number[] = [],
): Promise<Comparison[]> {
  const fresh = new Match();
  const updates = UPDATES.map(() => new Match());
  const random = new SeededRandom(2);
  const rivals = onlyOurs ? [] : limits;

  const race = (match: Match, markets: readonly Snapshot[], kind: 'fresh' | 'update') => {
    const groups = groupsOf(markets, TRANSACTION);
    const contender = ({ names, insert, update, settle }: Writer): Contender => ({
      name: names[kind],
      others,
      prepare: settle,
      run: async () => {
        for (const group of groups) await (kind === 'fresh' ? insert(group) : update(group));
      },
    });
    const run = async () => {
      for (const group of groups) await write(ours.store, group);
    };
    return match.round({ name: OURS, others, prepare: ours.settle, run }, rivals.map(contender));
  };
  for (let round = 0; round < rounds; round++) {
    for (const writer of [ours, ...rivals]) await writer.clear();
    let markets = freshMarkets(size, round);
    await race(fresh, markets, 'fresh');
    for (const [i, { changed }] of UPDATES.entries()) {
      markets = laterMarkets(markets, changed, random);
      await race(updates[i]!, markets, 'update');
    }
  }
  const all = [{ name: 'fresh', budget: BUDGET }, ...UPDATES];
  return [fresh, ...updates].map((match, i) => ({
    name: all[i]!.name,
    amount: size * ROWS,
    unit: 'rows',
    budget: all[i]!.budget,
    ...match.result(),
  }));
}

/** @throws Error unless every market is written */
export async function write(store: MarketStore, markets: readonly Snapshot[]): Promise<void> {
  const outcomes = await store.writeMarkets(markets);
  const other = outcomes.find(({ status }) => status !== 'written');
  if (other !== undefined) throw new Error(`not written: ${JSON.stringify(other)}`);
}
