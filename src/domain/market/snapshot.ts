/**
 * One observation of a whole commodity market. Always whole, never a diff.
 *
 * Times are whole seconds since the Unix epoch, UTC: Trade Dangerous stores no sub-seconds, so the write rule
 * compares seconds everywhere.
 */
export interface Snapshot {
  /** Frontier's market id = Trade Dangerous `station_id`; 1 ... 2^53-1. */
  readonly marketId: number;
  /** As received. Names are display only; the system name also finds the system of a station not yet known. */
  readonly systemName: string;
  readonly stationName: string;
  /** Observation time (`message.timestamp`). It alone decides which snapshot is newer. */
  readonly observedAtS: number;
  /** Local receipt, milliseconds since the epoch: for latency and the spool's one-second promise only. */
  readonly receivedAtMs: number;
  /**
   * {@link ROW_WIDTH} integers a row, ascending item id, no item twice. Empty: the market buys and sells nothing.
   * (A list that lost its last row to an unknown commodity proves nothing: staging refuses it.)
   */
  readonly rows: Int32Array;
  /** An earlier observation, which gave way to this one unwritten, told the same names. */
  readonly isConfirmed?: boolean;
}

/** Columns of {@link Snapshot.rows}. `demand` = the station buys, `supply` = the station sells; prices in credits. */
export const ROW = {
  itemId: 0,
  demandPrice: 1,
  demandUnits: 2,
  /** 0 none, 1 low, 2 medium, 3 high, -1 unknown. */
  demandLevel: 3,
  supplyPrice: 4,
  supplyUnits: 5,
  supplyLevel: 6,
  /** Galactic mean price for `Item.avg_price`; 0 = not told. */
  meanPrice: 7,
} as const;

export const ROW_WIDTH = 8;

/** The largest value an INT column and an Int32Array hold. */
export const MAX_INT32 = 2_147_483_647;

/** Number of rows of a snapshot. */
export function rowCount(snapshot: Pick<Snapshot, 'rows'>): number {
  return snapshot.rows.length / ROW_WIDTH;
}

/**
 * A snapshot whose commodities could not be looked up because no catalogue exists yet. Kept (parked) with all that
 * rows are made of, staged again when the catalogue is there: rows are never stripped for want of a catalogue.
 */
export interface UnresolvedSnapshot extends Omit<Snapshot, 'rows'> {
  /** JSON text of an EDDN message with nothing but the list of commodities, and of that only what is read. */
  readonly message: string;
}
