import { commodityMessage, frame } from '../../test/support/messages.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { GOODS, ROWS, stationIds } from './markets.ts';

/** The price of this good says which message it was. */
export const TRACER = GOODS[0]!;

/** Numbered messages about so many markets in turn. */
export class TracedMessages {
  readonly #markets: number;
  readonly #ids: readonly number[];
  readonly #random = new SeededRandom(3);
  /** Number of the next message. */
  next = 1;

  constructor(markets: number) {
    this.#markets = markets;
    this.#ids = stationIds(markets);
  }

  /** The next one. @param atMs its time, epoch milliseconds */
  frame(atMs: number): Uint8Array {
    const number = this.next++;
    const marketId = this.#ids[number % this.#markets]!;
    const random = this.#random;
    // A market keeps its goods.
    const offset = 1 + (marketId % (GOODS.length - ROWS));
    const others = GOODS.slice(offset, offset + ROWS - 1).map(({ symbol }) => ({
      name: symbol.toLowerCase(),
      meanPrice: 1_000,
      ...{ buyPrice: 0, stock: 0, stockBracket: 0 },
      ...{ sellPrice: random.integer(100, 50_000), demand: random.integer(1, 10_000), demandBracket: 2 },
    }));
    const tracer = { ...others[0]!, name: TRACER.symbol.toLowerCase(), sellPrice: number };
    return frame(
      commodityMessage({
        marketId,
        ...{ systemName: 'Sol', stationName: 'Station', commodities: [tracer, ...others] },
        timestamp: new Date(atMs).toISOString().replace(/\.\d+Z/, 'Z'),
      }),
    );
  }
}
