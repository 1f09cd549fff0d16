import type { GalaxyRecord } from '../../galaxy/records.ts';
import type { Catalogue } from '../../market/catalogue.ts';
import type { Snapshot, UnresolvedSnapshot } from '../../market/snapshot.ts';
import type { StagingRules } from '../../eddn/staging-rules.ts';

/** Messages as they arrived: zlib frames of the relay, or lines of JSON text of a replay file. */
export interface FrameBatch {
  readonly encoding: 'zlib' | 'json';
  readonly frames: readonly Uint8Array[];
  readonly receivedAtMs: number;
}

/** A source of messages. One reader at a time: opening again closes what was open. */
export interface Feed {
  /** For the log. */
  readonly description: string;
  /** A file ends, and can wait without losing anything; a relay neither ends nor waits. */
  readonly finite: boolean;
  /**
   * Starts reading. Batches hold at most 256 frames or 50 ms. The feed waits for `onBatch` before it delivers the
   * next one: that is the backpressure. Resolves when the feed ended (file) or was closed.
   * @throws AppError when the source cannot be read
   */
  read(handlers: FeedHandlers): Promise<void>;
  /** Stops reading and releases the source. Synchronous, idempotent. */
  close(): void;
}

export interface FeedHandlers {
  onConnected(): void;
  onBatch(batch: FrameBatch): Promise<void>;
}

/** What staging made of a batch. Sum of outcomes = number of frames. */
export interface StagedBatch {
  readonly received: number;
  /** The newest time at which the gateway passed one of them on, epoch seconds; 0: none tells. */
  readonly newestGatewayS: number;
  readonly snapshots: readonly Snapshot[];
  readonly unresolved: readonly UnresolvedSnapshot[];
  /** What the messages say of the galaxy, markets' ones included. */
  readonly records: readonly GalaxyRecord[];
  /** Messages that brought records and no market. */
  readonly learned: number;
  /** Messages that passed the rules every schema has, by its name. */
  readonly taken: Readonly<Record<string, number>>;
  /** Messages refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Rows refused inside accepted messages, by reason. */
  readonly rejectedRows: Readonly<Record<string, number>>;
  /** Names no catalogue knows, with how often: named once in the log. */
  readonly unknownCommodities: Readonly<Record<string, number>>;
  /** At most a few refused messages, for the debug log: reason and who sent it. */
  readonly samples: readonly { readonly reason: string; readonly detail: string }[];
}

/** Inflates, parses and stages messages off the main thread. */
export interface Decoder {
  /** `catalogue` null: no catalogue yet, market messages come back unresolved. */
  decode(batch: FrameBatch, catalogue: Catalogue | null, rules: StagingRules): Promise<StagedBatch>;
  /** Stages parked messages again once a catalogue exists. */
  resolve(entries: readonly UnresolvedSnapshot[], catalogue: Catalogue): Promise<StagedBatch>;
  close(): Promise<void>;
}
