/**
 * A made-up stream of EDDN messages with the proportions of the real one: a few percent commodity/3 among journal,
 * outfitting and shipyard; markets of about 90 and about 350 rows and carriers of one or two; a few markets seen again
 * and again and many seen once. The same seed gives the same messages.
 */
import { commodityMessage } from './messages.ts';

export interface LoadOptions {
  readonly seed: number;
  /** Commodity symbols; a market has no more rows than there are. */
  readonly symbols: readonly string[];
  readonly markets?: number;
  /** Part of the messages that are commodity/3. */
  readonly commodityShare?: number;
  /** Observation time of the first message, epoch seconds; it goes on at ten messages a second. */
  readonly startAtS: number;
}

export interface LoadMarket {
  readonly marketId: number;
  readonly systemName: string;
  readonly stationName: string;
  readonly rows: number;
}

export interface LoadMessage {
  /** Of commodity messages only. */
  readonly market: LoadMarket | null;
  readonly message: Readonly<Record<string, unknown>>;
}

const MESSAGES_PER_S = 10;
/** Source: 1,200 consecutive messages of the relay. */
const JOURNAL_SHARE = 0.96;
const OUTFITTING_SHARE = 0.03;
/** Client programs that read the game's files send goods a market does not trade, too. */
const TRADED_SHARE = { full: 0.3, plain: 0.98 };
const FULL_MARKET_ROWS = 300;
const SOFTWARE = { softwareName: 'E:D Market Connector [Windows]', softwareVersion: '6.1.2' };

/** The markets of a load, most often seen first. */
export function loadMarkets({
  seed,
  symbols,
  markets = 2_000,
}: Pick<LoadOptions, 'seed' | 'symbols' | 'markets'>): LoadMarket[] {
  const random = createRandom(seed);
  return Array.from({ length: markets }, (_, i) => {
    const kind = random();
    const systemName = `Load Sector ${i % 26}-${Math.floor(i / 3)}`;
    if (kind < 0.15) {
      return {
        marketId: 3_700_000_000 + i * 256,
        systemName,
        stationName: callSign(random),
        rows: intBelow(random, 2) + 1,
      };
    }
    const [middle, spread] = kind < 0.75 ? [90, 45] : [348, 10];
    const rows = Math.min(symbols.length, Math.max(8, Math.round(middle + spread * bell(random))));
    return { marketId: 3_220_000_000 + i * 256, systemName, stationName: `Load Station ${i}`, rows };
  });
}

/** Never ends: `.take(n)`. */
export function* generateLoad(options: LoadOptions): Generator<LoadMessage, never> {
  const { seed, symbols, commodityShare = 0.06, startAtS } = options;
  const markets = loadMarkets(options);
  const random = createRandom(seed + 1);
  const pickMarket = zipf(markets.length, random);
  for (let i = 0; ; i++) {
    const at = new Date((startAtS + Math.floor(i / MESSAGES_PER_S)) * 1_000).toISOString();
    const timestamp = at.replace('.000Z', 'Z');
    const header = {
      ...SOFTWARE,
      gatewayTimestamp: at.replace('.000Z', '.512345Z'),
      uploaderID: hex(random, 40),
    };
    const index = pickMarket();
    const market = markets[index]!;
    if (random() < commodityShare) {
      const { marketId, systemName, stationName } = market;
      const commodities = commoditiesOf(createRandom(seed + 2 + index), random, market.rows, symbols);
      yield {
        market,
        message: commodityMessage({ header, marketId, systemName, stationName, timestamp, commodities }),
      };
    } else {
      yield { market: null, message: otherMessage(random, header, market, timestamp) };
    }
  }
}

/** A market keeps its goods and, mostly, its prices; units change between observations. */
function commoditiesOf(own: Random, now: Random, rows: number, symbols: readonly string[]): unknown[] {
  const traded = rows > FULL_MARKET_ROWS ? TRADED_SHARE.full : TRADED_SHARE.plain;
  return sample(own, rows, symbols).map((name) => {
    const meanPrice = 50 + intBelow(own, 60_000);
    const price = Math.round(meanPrice * (0.6 + own() * 0.8) * (now() < 0.1 ? 0.95 + now() * 0.1 : 1));
    const units = Math.round(intBelow(own, 40_000) * (now() < 0.5 ? now() : 1)) + 1;
    const bracket = intBelow(own, 3) + 1;
    const isTraded = own() < traded;
    const isSold = own() < 0.25;
    return {
      name,
      meanPrice,
      buyPrice: isSold || !isTraded ? price : 0,
      stock: isSold && isTraded ? units : 0,
      stockBracket: isSold && isTraded ? bracket : 0,
      sellPrice: isSold ? Math.round(price * 0.97) : price,
      demand: isSold ? 1 : isTraded ? units : 0,
      demandBracket: isSold || !isTraded ? 0 : bracket,
    };
  });
}

function otherMessage(
  random: Random,
  header: object,
  market: LoadMarket,
  timestamp: string,
): Record<string, unknown> {
  const { marketId, systemName, stationName } = market;
  const place = { marketId, systemName, stationName, timestamp, horizons: true, odyssey: true };
  const schema = (name: string, message: object) => ({
    $schemaRef: `https://eddn.edcd.io/schemas/${name}`,
    header,
    message,
  });
  const kind = random();
  if (kind < JOURNAL_SHARE) return schema('journal/1', { ...journalEvent(random, systemName), timestamp });
  if (kind < JOURNAL_SHARE + OUTFITTING_SHARE) {
    const modules = Array.from({ length: 400 }, (_, i) => `Hpt_module_${i}_size${intBelow(random, 8)}`);
    return schema('outfitting/2', { ...place, modules });
  }
  return schema('shipyard/2', { ...place, ships: ['asp_scout', 'dolphin', 'eagle', 'hauler', 'sidewinder'] });
}

function journalEvent(random: Random, systemName: string): object {
  const where = {
    StarSystem: systemName,
    SystemAddress: intBelow(random, 2 ** 47),
    StarPos: [random() * 1_000, random() * 1_000, random() * 25_000],
  };
  if (random() < 0.2) return { event: 'FSDJump', ...where, SystemEconomy: '$economy_None;', Population: 0 };
  return {
    event: 'Scan',
    ...where,
    BodyID: intBelow(random, 60),
    BodyName: `${systemName} A ${intBelow(random, 12)}`,
    ScanType: 'AutoScan',
    StarType: 'M',
    StellarMass: random(),
    Radius: random() * 1e9,
    Parents: [{ Null: 0 }],
    OrbitalPeriod: random() * 1e8,
    SurfaceTemperature: random() * 6_000,
    Materials: sample(random, 11, MATERIALS).map((Name) => ({ Name, Percent: random() * 20 })),
    WasDiscovered: false,
    WasMapped: false,
  };
}

const MATERIALS =
  'iron nickel sulphur carbon manganese phosphorus zinc germanium selenium tellurium yttrium'.split(' ');

type Random = () => number;

/** mulberry32: small, fast, good enough. @returns numbers in [0, 1) */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function intBelow(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** Roughly normal, mean 0, deviation 1. */
function bell(random: Random): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

/** Index 0 is the most frequent; each rank k has the weight 1/k. */
export function zipf(count: number, random: Random): () => number {
  let sum = 0;
  const sums = Float64Array.from({ length: count }, (_, i) => (sum += 1 / (i + 1)));
  return () => {
    const at = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** In the order they have in `from`. */
function sample<T>(random: Random, count: number, from: readonly T[]): T[] {
  let left = count;
  return from.filter((_, i) => {
    const taken = random() * (from.length - i) < left;
    if (taken) left -= 1;
    return taken;
  });
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => intBelow(random, 16).toString(16)).join('');
}

function callSign(random: Random): string {
  const letters = () => Array.from({ length: 3 }, () => intBelow(random, 36).toString(36)).join('');
  return `${letters()}-${letters()}`.toUpperCase();
}
