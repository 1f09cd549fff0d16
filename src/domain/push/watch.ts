import { distanceLy, type Position } from '../galaxy/galaxy.ts';
import type { Side } from '../galaxy/quotes.ts';
import type { MarketRow, StationRecord } from '../ports/store/queries.ts';

/** What a subscriber wants to be told of; what is absent is not asked. */
export interface Watch {
  readonly marketIds?: ReadonlySet<number>;
  /** id64. */
  readonly systemIds?: ReadonlySet<bigint>;
  readonly near?: Position & { readonly withinLy: number };
  readonly itemIds?: ReadonlySet<number>;
  /** Only goods that are sold (`supply`), or bought (`demand`). */
  readonly side?: Side;
  /** Of the side, or of either; credits a tonne, tonnes. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly minUnits?: number;
}

export function watchesStation(
  { marketIds, systemIds, near }: Watch,
  { id, system }: StationRecord,
): boolean {
  if (marketIds !== undefined && !marketIds.has(id)) return false;
  if (systemIds !== undefined && !systemIds.has(system.id)) return false;
  return near === undefined || distanceLy(system, near) <= near.withinLy;
}

/** Whether every row of a market it watches is wanted. */
export function watchesWholeMarkets({ itemIds, side, minPrice, maxPrice, minUnits }: Watch): boolean {
  return [itemIds, side, minPrice, maxPrice, minUnits].every((condition) => condition === undefined);
}

export function watchesRow(watch: Watch, row: MarketRow | null | undefined): boolean {
  if (row === null || row === undefined) return false;
  const { itemIds, side, minPrice = 1, maxPrice = Infinity, minUnits = 0 } = watch;
  if (itemIds?.has(row.itemId) === false) return false;
  const fits = (price: number, units: number) => price >= minPrice && price <= maxPrice && units >= minUnits;
  return (
    (side !== 'demand' && fits(row.supplyPrice, row.supplyUnits)) ||
    (side !== 'supply' && fits(row.demandPrice, row.demandUnits))
  );
}
