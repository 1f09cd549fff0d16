import type { MarketRecord, MarketRow } from '../../domain/ports/store/queries.ts';
import { isoTime } from '../../domain/timestamp.ts';

/** The hash of a market: goods by id, the rest by name. Every value stays below 64 bytes, so that the hash is kept packed. */
export type MarketHash = Readonly<Record<string, string>>;

const MAX_NAME_BYTES = 64;

/** @returns null: there is no market */
export function hashOf({ station, atS, rows }: MarketRecord, seq: number): MarketHash | null {
  if (rows.length === 0) return null;
  return {
    ...Object.fromEntries(rows.map((row) => [row.itemId, quoteOf(row)])),
    station: short(station.name),
    system: short(station.system.name),
    observedAt: isoTime(atS) ?? '',
    seq: String(seq),
  };
}

function quoteOf(row: MarketRow): string {
  const { supplyPrice, supplyUnits, supplyLevel, demandPrice, demandUnits, demandLevel } = row;
  return JSON.stringify([supplyPrice, supplyUnits, supplyLevel, demandPrice, demandUnits, demandLevel]);
}

function short(name: string): string {
  return Buffer.from(name)
    .subarray(0, MAX_NAME_BYTES)
    .toString()
    .replace(/\ufffd+$/, '');
}

/** What one hash has and another has not. */
export interface Difference {
  readonly set: MarketHash;
  readonly gone: readonly string[];
}

export function differenceOf(before: MarketHash, now: MarketHash): Difference {
  return {
    set: Object.fromEntries(Object.entries(now).filter(([field, value]) => before[field] !== value)),
    gone: Object.keys(before).filter((field) => !Object.hasOwn(now, field)),
  };
}

/** The goods of a difference as the stream tells them: `{"128049154":[...],"128049202":null}`. */
export function toldGoods({ set, gone }: Difference): string {
  const isGood = (field: string) => /^\d+$/.test(field);
  const goods = [
    ...Object.entries(set).filter(([field]) => isGood(field)),
    ...gone.filter(isGood).map((field) => [field, 'null'] as const),
  ];
  return `{${goods.map(([id, quote]) => `"${id}":${quote}`).join()}}`;
}
