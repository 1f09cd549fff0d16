import type { Change, ChangeStore, LogPosition } from '../store/changes.ts';
import type { MarketRecord, Queries } from '../store/queries.ts';

/** How far a broker has been told; it lies there with what was told. */
export interface OutboxMark {
  /** Of the change log: everything up to here has been told. */
  readonly position: LogPosition;
  /** It is filled anew, and has the markets up to this id so far; null: it has all. */
  readonly filledUpTo: number | null;
}

/** What a broker is told at a time. */
export interface OutboxPage {
  /** What holds when it has been told. */
  readonly mark: OutboxMark;
  /** Each thing once, in the order of its newest change. */
  readonly changes: readonly Change[];
  /** Markets as they are now; one without rows is none. */
  readonly markets: readonly MarketRecord[];
  /** Ids that are no stations any more. */
  readonly gone: readonly number[];
  /** That it begins to be filled, or has been. */
  readonly filling: 'began' | 'ended' | null;
}

/** What a process tells of itself. */
export interface ProcessHealth {
  readonly role: 'daemon' | 'serve';
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped';
  /** Why it is not ready; empty: it is. */
  readonly notReady: readonly string[];
}

/**
 * Tells a broker what is in the database. Any number of processes may: only one of those that tell at the same time does.
 * Everything rejects with an AppError `broker` where it cannot be reached.
 */
export interface OutboxBroker {
  /** How far it has been told, null: not at all. What is told next is refused when somebody else has told something since. */
  begin(): Promise<OutboxMark | null>;
  /** All or nothing. @returns false: refused, nothing was told */
  tell(page: OutboxPage): Promise<boolean>;
  /** The markets it has, from after the first id up to the second. */
  marketIds(afterId: number, upToId: number): Promise<readonly number[]>;
  /** Whoever asks again opens it again. */
  close(): Promise<void>;
}

/** What the outbox works with. */
export interface OutboxPorts {
  readonly broker: OutboxBroker;
  readonly store: ChangeStore;
  /** Of the server that is written to: a replica may be behind what the broker was told. */
  readonly queries: Pick<Queries, 'changesSince' | 'markets' | 'marketIdsAfter' | 'close'>;
}
