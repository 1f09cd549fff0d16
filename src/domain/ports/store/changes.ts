/** What a change is of; of a market its whole list. */
export type ChangeKind = 'market' | 'station' | 'system';

/**
 * Who changed it: `live` a market's message, `learned` another message of the feed, `dump` an import, `purge` its age,
 * `repair` a time ahead of every clock.
 */
export type ChangeSource = 'live' | 'learned' | 'dump' | 'purge' | 'repair';

/** An entry of the change log: something of ours that was committed. */
export interface Change {
  /** Ascends by one; whoever has seen n never sees n - 1 appear. */
  readonly seq: number;
  readonly kind: ChangeKind;
  /** `station_id` or `system_id`. */
  readonly id: bigint;
  /** Epoch seconds; null where nobody observed anything: rows that were deleted. */
  readonly observedAtS: number | null;
  /** By the database's clock, epoch seconds. */
  readonly writtenAtS: number;
  readonly source: ChangeSource;
}

/** Tells the log, in the transaction that changes something. */
export type NoteChange = (
  kind: ChangeKind,
  id: number | bigint,
  observedAtS: number | null,
  source: ChangeSource,
) => void;

/** Where in a change log somebody is. */
export interface LogPosition {
  readonly logId: string;
  /** Of the last entry seen. */
  readonly seq: number;
}

/** How long the log is kept: whichever is less. */
export interface ChangeLimits {
  readonly keepS: number;
  readonly keepEntries: number;
}

export interface ChangePage {
  /** A number means nothing in another log: the database was made anew, or the tables of our own were dropped. */
  readonly logId: string;
  /** Of the newest entry; 0: there was none yet. */
  readonly lastSeq: number;
  /**
   * What followed, in order, at most as many as asked for. Null: some of it is kept no longer, or the number is none of
   * this log's: whoever asks has to begin with what is in the database now.
   */
  readonly changes: readonly Change[] | null;
}

/** The log is read from where somebody stopped. It tells what this program wrote, not what others wrote beside it. */
export interface ChangeReader {
  /**
   * @param seq of the last entry seen
   * @returns null: there is no log
   */
  changesSince(seq: number, limit: number): Promise<ChangePage | null>;
}

/** What writes keeps the log, too. */
export interface ChangeStore {
  /**
   * Makes the log where there is none yet.
   * @returns `made`: the tables of our own were made by this call; `none`: this store keeps no log
   */
  beginChangeLog(): Promise<'made' | 'there' | 'none'>;
}
