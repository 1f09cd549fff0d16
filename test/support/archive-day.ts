import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commodityMessage } from './messages.ts';
import { SeededRandom } from './random.ts';

/** A day of 2026 has 81,851 messages of 9,316 stations. */
const MESSAGES_PER_MARKET = 8.8;
/** Of markets that programs reading the game's files send: they list all goods. */
const LARGE_SHARE = 0.385;
const ROWS = { small: 90, large: 350 };
/** A re-indexed file has a stream for so many lines. */
const LINES_PER_STREAM = 1_024;

const SOFTWARE = { softwareName: 'E:D Market Connector [Windows]', softwareVersion: '6.1.2' };

interface DayMarket {
  readonly marketId: number;
  readonly systemName: string;
  readonly stationName: string;
  readonly id64: number;
  readonly goods: readonly { readonly name: string; readonly price: number; readonly isSold: boolean }[];
}

/** The files of a day: where things are, and the markets. */
export interface ArchiveDay {
  /** Where each station is, and what it has: JSON lines. */
  readonly docked: readonly string[];
  readonly markets: readonly string[];
}

export interface DayOptions {
  /** About markets. */
  readonly messages: number;
  /** A market has no more rows than there are. */
  readonly symbols: readonly string[];
  /** Midnight, epoch seconds. */
  readonly startAtS: number;
  readonly seed?: number;
}

/** About nine messages a market; nobody knows the stations before. The same seed gives the same day. */
export function archiveDay({ messages, symbols, startAtS, seed = 1 }: DayOptions): ArchiveDay {
  const random = new SeededRandom(seed);
  const markets = Array.from({ length: Math.ceil(messages / MESSAGES_PER_MARKET) }, (_, i) =>
    dayMarket(i, symbols, random),
  );
  const stamp = (i: number) =>
    new Date((startAtS + Math.floor(i * (86_400 / messages))) * 1_000).toISOString().replace('.000Z', 'Z');
  return {
    docked: markets.map((market, i) => JSON.stringify(dockedMessage(market, stamp(i)))),
    markets: Array.from({ length: messages }, (_, i) =>
      JSON.stringify(marketMessage(random.pick(markets), stamp(i), random)),
    ),
  };
}

function dayMarket(i: number, symbols: readonly string[], random: SeededRandom): DayMarket {
  const rows = Math.min(symbols.length, random.chance(LARGE_SHARE) ? ROWS.large : ROWS.small);
  const first = random.integer(0, symbols.length - rows);
  return {
    marketId: 3_220_000_000 + i * 256,
    systemName: `Day Sector ${i}`,
    stationName: `Day Station ${i}`,
    id64: 10_000_000 + i,
    goods: symbols.slice(first, first + rows).map((symbol) => ({
      name: symbol.toLowerCase(),
      price: random.integer(50, 60_000),
      isSold: random.chance(0.17),
    })),
  };
}

function marketMessage({ goods, ...names }: DayMarket, timestamp: string, random: SeededRandom) {
  const commodities = goods.map(({ name, price, isSold }) => {
    const now = random.chance(0.1) ? Math.round(price * 0.98) : price;
    const units = random.integer(1, 40_000);
    const [buyPrice, stock, stockBracket] = isSold ? [now, units, 2] : [0, 0, 0];
    const [sellPrice, demand, demandBracket] = isSold ? [now - 1, 1, 0] : [now, units, 2];
    return { name, meanPrice: price, buyPrice, stock, stockBracket, sellPrice, demand, demandBracket };
  });
  return commodityMessage({ header: SOFTWARE, ...names, timestamp, commodities });
}

function dockedMessage({ marketId, systemName, stationName, id64 }: DayMarket, at: string) {
  const { header } = commodityMessage({ header: SOFTWARE, timestamp: at });
  const message = {
    ...{ timestamp: at, event: 'Docked', StarSystem: systemName, SystemAddress: id64, StarPos: [1, 2, 3] },
    ...{ StationName: stationName, StationType: 'Coriolis', MarketID: marketId, DistFromStarLS: 300.5 },
    ...{ StationServices: ['commodities', 'refuel'], LandingPads: { Small: 4, Medium: 4, Large: 2 } },
  };
  return { $schemaRef: 'https://eddn.edcd.io/schemas/journal/1', header, message };
}

/** `plain`, `single` stream or `multi`-stream bzip2. Made by the `bzip2` that is installed. */
export type Packing = 'plain' | 'single' | 'multi';

/** Writes a day as the archive names its files, those first that say where things are. @returns their paths */
export function writeDay(dir: string, { docked, markets }: ArchiveDay, packing: Packing): string[] {
  const files = { 'Journal.Docked-2026-03-01': docked, 'Commodity-2026-03-01': markets };
  return Object.entries(files).map(([name, lines]) => {
    const size = packing === 'single' ? lines.length : LINES_PER_STREAM;
    const file = join(dir, `${name}.jsonl${packing === 'plain' ? '' : '.bz2'}`);
    writeFileSync(file, '');
    // Piece by piece: a day of text is more than a string holds.
    for (let at = 0; at < lines.length; at += size) {
      const text = Buffer.from(`${lines.slice(at, at + size).join('\n')}\n`);
      const input = { input: text, maxBuffer: 2 ** 31 };
      appendFileSync(file, packing === 'plain' ? text : execFileSync('bzip2', input));
    }
    return file;
  });
}
