import { isoTime } from '../../../domain/timestamp.ts';
import { isPlausible } from '../../../domain/market/plausibility.ts';
import { z } from 'zod';
import type {
  FoundStation,
  MarketRow,
  Page,
  StationRecord,
  SystemRecord,
} from '../../../domain/ports/store/queries.ts';
import { STATION_SERVICES } from '../../../domain/ports/store/queries.ts';
import { STATION_GROUPS } from '../../../domain/galaxy/stations/station-types.ts';
import type { Quote } from '../../../domain/galaxy/quotes.ts';
import type { PriceSpread } from '../../../domain/galaxy/search.ts';
import type { ApiDeps } from './deps.ts';
import type { Good } from './goods.ts';
import { writeCursor } from './parameters.ts';

const time = z.iso.datetime().describe('UTC');
const ageS = z.number().int().min(0).describe('Seconds since then');

const position = z.object({ x: z.number(), y: z.number(), z: z.number() }).describe('Light years from Sol');

export const system = z
  .object({
    systemId: z.string().describe('id64, as text: numbers so large are not exact in JSON'),
    name: z.string(),
    position,
    updatedAt: time.nullable(),
  })
  .meta({ id: 'System' });

export const station = z
  .object({
    marketId: z.number().int().describe('Of its market, and of the station'),
    name: z.string(),
    systemId: z.string(),
    systemName: z.string(),
    position,
    type: z.string().nullable(),
    group: z.enum(STATION_GROUPS).nullable(),
    lsFromStar: z.number().int().nullable(),
    maxPad: z.enum(['S', 'M', 'L']).nullable(),
    planetary: z.boolean().nullable(),
    services: z.object(
      Object.fromEntries(STATION_SERVICES.map((each) => [each, z.boolean().nullable()])) as Record<
        (typeof STATION_SERVICES)[number],
        z.ZodNullable<z.ZodBoolean>
      >,
    ),
    updatedAt: time.nullable().describe('Of what is known of the station'),
    marketObservedAt: time.nullable().describe('Newest observation of its market; null: never seen'),
    marketAgeS: ageS.nullable(),
    priceRatio: z
      .number()
      .nullable()
      .describe(
        'Median, over its goods, of price / galactic median; null: unknown, or fewer than ten such goods',
      ),
    plausible: z.boolean().nullable().describe('Whether that is within what real markets ask; null: unknown'),
  })
  .meta({ id: 'Station', description: 'A station; null is unknown.' });

const level = z.int().min(0).max(3).nullable().describe('0 none, 1 low, 2 medium, 3 high; null: unknown');

export const quote = z
  .object({
    buyPrice: z.int().nullable().describe('What a commander pays a tonne; null: not sold here'),
    stock: z.int().nullable().describe('Tonnes'),
    stockLevel: level,
    sellPrice: z.int().nullable().describe('What a commander gets a tonne; null: not bought here'),
    demand: z.int().nullable().describe('Tonnes'),
    demandLevel: level,
  })
  .meta({ id: 'Quote' });

export type QuoteAnswer = z.input<typeof quote>;

export const commodity = z
  .object({
    commodityId: z.int(),
    symbol: z.string().nullable(),
    name: z.string(),
    category: z.string(),
    meanPrice: z.int().nullable().describe('Galactic average as the game tells it'),
  })
  .meta({ id: 'Commodity' });

export const spread = z
  .object({
    markets: z.int(),
    tonnes: z.number(),
    min: z.int(),
    p10: z.int(),
    p25: z.int(),
    median: z.int(),
    p75: z.int(),
    p90: z.int(),
    max: z.int(),
    mean: z.int(),
  })
  .meta({ id: 'Prices', description: 'Prices of one side of a good, credits a tonne.' });

/** A list: what fits, page by page. */
export function listOf<T extends z.ZodType>(entry: T) {
  return z.object({
    at: time.describe('Of this answer; ages count back from here'),
    total: z.int().min(0).describe('Entries of all pages together'),
    next: z.string().nullable().describe('Give it as `cursor` for the next page; null: this was the last'),
    entries: z.array(entry),
  });
}

/** A list of names: how many there are in all is not counted. */
export function namesOf<T extends z.ZodType>(entry: T) {
  return listOf(entry).omit({ total: true });
}

/** A station among those that were found. */
export const foundStation = station.extend({ distanceLy: z.number().nullable() });

/** A station that sells or buys a good. */
export const offer = foundStation.extend(quote.shape);

/** One good at one market. */
export const marketRow = quote.extend(commodity.shape);
export const market = station.extend({ rows: z.array(marketRow) });

/** Turns records into answers of one moment. */
export class Presenter {
  readonly #nowMs: number;

  constructor(deps: Pick<ApiDeps, 'now'>) {
    this.#nowMs = deps.now();
  }

  get at(): string {
    return new Date(this.#nowMs).toISOString();
  }

  system({ id, name, x, y, z, updatedAtS }: SystemRecord): z.input<typeof system> {
    return { systemId: String(id), name, position: { x, y, z }, updatedAt: isoTime(updatedAtS) };
  }

  station(record: StationRecord): z.input<typeof station> {
    const { x, y, z } = record.system;
    return {
      marketId: record.id,
      name: record.name,
      systemId: String(record.system.id),
      systemName: record.system.name,
      position: { x, y, z },
      type: record.type,
      group: record.group,
      lsFromStar: record.lsFromStar,
      maxPad: record.maxPad,
      planetary: record.isPlanetary,
      services: { ...record.services },
      updatedAt: isoTime(record.updatedAtS),
      ...this.age(record.marketAtS),
      priceRatio: record.priceRatio,
      plausible: isPlausible(record.priceRatio),
    };
  }

  /** A page of them, with how far each is. */
  stations({ total, next, entries }: Page<FoundStation>) {
    return {
      at: this.at,
      total,
      next: writeCursor(next),
      entries: entries.map(({ station: each, distanceLy }) => ({ ...this.station(each), distanceLy })),
    };
  }

  age(atS: number | null): { marketObservedAt: string | null; marketAgeS: number | null } {
    const ageS = atS === null ? null : Math.max(0, Math.floor(this.#nowMs / 1000) - atS);
    return { marketObservedAt: isoTime(atS), marketAgeS: ageS };
  }
}

/** A price of 0 is no price: the market does not trade it on that side. */
export function quoteAnswer(row: Quote | MarketRow): QuoteAnswer {
  const sells = row.supplyPrice > 0;
  const buys = row.demandPrice > 0;
  return {
    buyPrice: sells ? row.supplyPrice : null,
    stock: sells ? row.supplyUnits : null,
    stockLevel: sells && row.supplyLevel >= 0 ? row.supplyLevel : null,
    sellPrice: buys ? row.demandPrice : null,
    demand: buys ? row.demandUnits : null,
    demandLevel: buys && row.demandLevel >= 0 ? row.demandLevel : null,
  };
}

/** A good as a market trades it. Spelled out, for a market has hundreds, and to copy two objects takes five times as long. */
export function rowAnswer(good: Good, row: Quote | MarketRow): z.input<typeof marketRow> {
  const quoted = quoteAnswer(row);
  return {
    commodityId: good.commodityId,
    symbol: good.symbol,
    name: good.name,
    category: good.category,
    meanPrice: good.meanPrice,
    buyPrice: quoted.buyPrice,
    stock: quoted.stock,
    stockLevel: quoted.stockLevel,
    sellPrice: quoted.sellPrice,
    demand: quoted.demand,
    demandLevel: quoted.demandLevel,
  };
}

export function spreadAnswer(found: PriceSpread | null): z.input<typeof spread> | null {
  if (found === null) return null;
  const { markets, units: tonnes, min, max, mean, percentiles } = found;
  const [p10 = min, p25 = min, median = min, p75 = max, p90 = max] = percentiles;
  return { markets, tonnes, min, p10, p25, median, p75, p90, max, mean };
}
