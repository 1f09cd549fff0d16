import type { Generation } from '../../../../domain/generation.ts';
import { PriceJudge, SELECT_SAMPLE } from '../../shared/price-judge.ts';
import type { RowWriter } from '../bulk.ts';
import type { Link } from '../connection.ts';
import type { MarketRows } from './rows.ts';

/** Writes how plausible the prices of markets are: `tdl_price`. One a store, for live markets and dumps. */
export class PriceWriter {
  readonly #judge = new PriceJudge();

  /** Before a transaction: looks at the other markets, if it is time to. */
  async prepare(link: Link, generation: Generation): Promise<void> {
    if (!this.#judge.isDue) return;
    this.#judge.postpone();
    this.#judge.renew(await link.rows(SELECT_SAMPLE), generation);
  }

  /** Those that this program, here or elsewhere, has written as they are, and told the change log of. */
  async written(
    link: Link,
    markets: readonly Pick<MarketRows, 'marketId' | 'observedAtS'>[],
  ): Promise<ReadonlySet<string>> {
    if (markets.length === 0) return new Set();
    const keys = markets.map(({ marketId, observedAtS }) => `(${marketId},${observedAtS})`);
    const found = await link.rows(
      `SELECT station_id FROM tdl_price WHERE (station_id, observed_s) IN (${keys.join()})`,
    );
    return new Set(found.map(([id]) => String(id)));
  }

  async write(rows: RowWriter, markets: readonly MarketRows[]): Promise<void> {
    if (markets.length === 0) return;
    const values = markets.map(
      ({ marketId, observedAtS, rows: own }) =>
        `${marketId},${observedAtS},${this.#judge.ratioOf(own) ?? 'NULL'}`,
    );
    await rows.upsert(
      {
        ...{ table: 'tdl_price', columns: ['station_id', 'observed_s', 'ratio'] },
        ...{ count: values.length, values },
      },
      ['station_id'],
    );
  }
}
