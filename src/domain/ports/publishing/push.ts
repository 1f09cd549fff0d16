import type { Update } from '../../push/update.ts';
import type { Watch } from '../../push/watch.ts';
import type { LogPosition } from '../store/changes.ts';
import type { MarketRecord } from '../store/queries.ts';

export type { LogPosition };

/**
 * Why a subscription ends: `slow` its reader takes nothing, or less than comes; `database` it cannot be read now;
 * `stopping` the program ends; `changed`, `removed` what was watched by a name is another now, or is no more; `gone` nobody
 * listens any more.
 */
export type EndReason = 'slow' | 'database' | 'stopping' | 'changed' | 'removed' | 'gone';

/** Why a subscription by a name ends before its reader does. */
export type DefinitionEnd = Extract<EndReason, 'changed' | 'removed'>;

/** What there is at a position. */
export interface PushSnapshot {
  readonly markets: readonly MarketRecord[];
  /** False: there are more that fit. */
  readonly isComplete: boolean;
  /** `lost`: what followed the position that was named is not known any more. */
  readonly reason: 'begin' | 'lost';
}

/** Takes what a subscriber is told. Each call says whether there is room for more; none throws. */
export interface PushSink {
  snapshot(position: LogPosition, snapshot: PushSnapshot): boolean;
  update(position: LogPosition, update: Update): boolean;
  /** Nothing has changed for this subscriber up to here. */
  position(position: LogPosition): boolean;
  /** The last that is told. */
  end(reason: EndReason): void;
}

/** One subscriber. */
export interface Subscription {
  /** There is room again after a sink said there is none. */
  drained(): void;
  gone(): void;
  /** From now on he is told of a part of what he was told of. */
  narrow(watch: Watch): void;
  /** What it watches by a name is no longer what it was. */
  end(reason: DefinitionEnd): void;
}

export type PrepareTelling = (markets: readonly MarketRecord[]) => Promise<unknown>;

/** Tells subscribers of what changes in the database. */
export interface Push {
  /** @param prepare is waited for before anybody is told of these markets; while it rejects nobody is */
  beforeTelling(prepare: PrepareTelling): void;
  /**
   * @param since the position after which he is told everything; null: he is told what is there, then what changes
   * @returns null: there are too many subscribers
   */
  subscribe(watch: Watch, since: LogPosition | null, sink: PushSink): Subscription | null;
  /** Resolves with the position as soon as it is another one than this, at the latest after `waitMs`; null: no log. */
  after(position: LogPosition | null, waitMs: number, signal: AbortSignal): Promise<LogPosition | null>;
  /**
   * Waits until what can be read has come to a position that was told elsewhere.
   * @returns false: it never will, for it is none of this log's
   * @throws StoreError where the replica does not follow
   */
  reach(position: LogPosition): Promise<boolean>;
  /** Tells all that it ends. */
  close(): void;
}
