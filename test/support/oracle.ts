import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { MarketRow } from './galaxy.ts';

/**
 * The write rule computed a second time, plainly and independently of src/: what a database that knew `systems` and no
 * station must hold after these messages, in whatever order they came.
 */
export function expectedMarkets(
  messages: readonly unknown[],
  itemIds: ReadonlyMap<string, number>,
  systems: ReadonlySet<string>,
): MarketRow[] {
  const newest = new Map<number, { at: number; rows: MarketRow[] }>();
  for (const message of messages as EddnMessage[]) {
    const { marketId, systemName, timestamp, commodities } = message.message;
    if (marketId === undefined || !systems.has(systemName)) continue;
    const at = Math.floor(Date.parse(timestamp) / 1000);
    if ((newest.get(marketId)?.at ?? -1) > at) continue;
    const rows = new Map<number, MarketRow>();
    for (const entry of commodities) {
      const itemId = itemIds.get(entry.name.toLowerCase());
      const [demandLevel, supplyLevel] = [entry.demandBracket, entry.stockBracket].map((b) =>
        b === '' ? -1 : b,
      );
      if (itemId === undefined || (entry.sellPrice === 0 && entry.buyPrice === 0)) continue;
      if ((demandLevel ?? 0) <= 0 && (supplyLevel ?? 0) <= 0) continue;
      rows.set(itemId, {
        station_id: marketId,
        item_id: itemId,
        demand_price: entry.sellPrice,
        demand_units: entry.demand,
        demand_level: demandLevel ?? -1,
        supply_price: entry.buyPrice,
        supply_units: entry.stock,
        supply_level: supplyLevel ?? -1,
        modified: new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' '),
        from_live: 1,
      });
    }
    // No station is known beforehand, so an empty list finds nothing to clear unless one came before it.
    if (rows.size > 0) newest.set(marketId, { at, rows: [...rows.values()] });
  }
  return [...newest.values()]
    .flatMap(({ rows }) => rows)
    .sort((a, b) => a.station_id - b.station_id || a.item_id - b.item_id);
}

/** Lower-cased symbol and display name -> item id, from FDevIDs files. */
export function itemIdsFrom(directory: URL): Map<string, number> {
  const ids = new Map<string, number>();
  for (const file of ['rare_commodity.csv', 'commodity.csv']) {
    const records = parse<Record<string, string>>(readFileSync(new URL(file, directory)), { columns: true });
    for (const { id, symbol, name } of records) {
      ids.set(String(name).toLowerCase(), Number(id));
      ids.set(String(symbol).toLowerCase(), Number(id));
    }
  }
  return ids;
}

interface EddnMessage {
  readonly message: {
    readonly marketId?: number;
    readonly systemName: string;
    readonly timestamp: string;
    readonly commodities: readonly {
      readonly name: string;
      readonly sellPrice: number;
      readonly demand: number;
      readonly demandBracket: number | '';
      readonly buyPrice: number;
      readonly stock: number;
      readonly stockBracket: number | '';
    }[];
  };
}
