/** What the page takes from the answers of /api/v1 and /status. Null is unknown. */

export interface List<T> {
  readonly at: string;
  readonly total: number;
  readonly entries: readonly T[];
}

export interface Station {
  readonly marketId: number;
  readonly name: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly type: string | null;
  readonly lsFromStar: number | null;
  readonly maxPad: 'S' | 'M' | 'L' | null;
  readonly planetary: boolean | null;
  readonly services: Readonly<Record<string, boolean | null>>;
  readonly updatedAt: string | null;
  readonly marketObservedAt: string | null;
  /** Median of price / usual price. */
  readonly priceRatio: number | null;
  readonly plausible: boolean | null;
}

export interface Near {
  /** Null: no place was named. */
  readonly distanceLy: number | null;
}

export interface Quote {
  readonly buyPrice: number | null;
  readonly stock: number | null;
  readonly stockLevel: number | null;
  readonly sellPrice: number | null;
  readonly demand: number | null;
  readonly demandLevel: number | null;
}

export interface Good {
  readonly commodityId: number;
  readonly symbol: string | null;
  readonly name: string;
  readonly category: string;
  readonly meanPrice: number | null;
}

export interface Market extends Station {
  readonly rows: readonly (Quote & Good)[];
}

export interface Spread {
  readonly markets: number;
  readonly tonnes: number;
  readonly min: number;
  readonly p10: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p90: number;
  readonly max: number;
}

export interface Prices extends Good {
  readonly supply: Spread | null;
  readonly demand: Spread | null;
}

export interface Histogram {
  readonly total: number;
  readonly neverSeen: number;
  readonly ages: readonly { readonly fromS: number; readonly toS: number | null; readonly markets: number }[];
}

export interface Status {
  readonly version: string;
  readonly startedAt: string;
  readonly notReady: readonly string[];
  readonly actors: readonly { readonly name: string; readonly state: string }[];
  readonly totals: { readonly received: number };
  /** Null: none is kept. */
  readonly history: object | null;
  readonly newestSnapshot: { readonly observedAt: string } | null;
  readonly database: { readonly totalRows: number; readonly stations: number } | null;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly modified: string }[];
}

export interface PriceRange {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly observations: number;
}

export interface Steadiness {
  readonly mean: number;
  readonly volatility: number;
  readonly stability: number;
}

interface HistoryAnswer<T> extends List<T> {
  readonly to: string;
  readonly isWhole: boolean;
  readonly gaps: readonly { readonly day: string; readonly why: string }[];
}

interface Sides {
  readonly supply: Steadiness | null;
  readonly demand: Steadiness | null;
}

export interface MarketHistory extends HistoryAnswer<Quote & Good & { readonly observedAt: string }> {
  readonly goods: readonly (Good & Sides & { readonly changes: number })[];
}

interface Bucket {
  readonly from: string;
  readonly supply: PriceRange | null;
  readonly demand: PriceRange | null;
}

export interface CommodityHistory extends HistoryAnswer<Bucket>, Sides {
  readonly commodity: Good;
}

export interface Candidate {
  readonly systemId: string;
  readonly name: string;
  readonly position: { readonly x: number; readonly y: number; readonly z: number };
}

export interface Refusal {
  /** 0: nobody answered. */
  readonly status: number;
  readonly message: string;
  /** Systems of one name, where one is needed. */
  readonly candidates: readonly Candidate[];
}

/** An answer as far as it has come. */
export interface Told<T> {
  /** Null: not yet, or refused. */
  readonly value: T | null;
  /** The value answers what was asked before. */
  readonly isOld: boolean;
  readonly refusal: Refusal | null;
}
