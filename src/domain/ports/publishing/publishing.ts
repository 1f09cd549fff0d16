import type { PublishedFile } from '../store/galaxy-store.ts';
import type { ChunkSink } from '../store/market-store.ts';

export interface Commit {
  readonly bytes: number;
  /** False: the file had this very content already and was left alone, modification time included. */
  readonly changed: boolean;
}

/** A file written whole beside its target, invisible to readers. Exactly one of the two calls ends it. */
export interface StagedFile<T> {
  /** What `produce` returned. */
  readonly result: T;
  /** Replaces the target at one instant: whoever opens it at any time, also after a power loss, finds a whole file. */
  commit(): Promise<Commit>;
  /** Removes it; the target stays as it is. Idempotent. */
  discard(): Promise<void>;
}

/** The public place of one file. */
export interface PublicFile {
  stageFile<T>(produce: (write: ChunkSink) => Promise<T>, signal: AbortSignal): Promise<StagedFile<T>>;
}

/** What a published set has brought. */
export interface PublishedSet {
  /** Rows by file. */
  readonly rows: Partial<Record<PublishedFile, number>>;
  /** Files whose content is new; the others kept their modification time. */
  readonly changed: readonly PublishedFile[];
}
