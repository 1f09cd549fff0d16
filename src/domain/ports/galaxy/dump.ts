/** What tells one dump from another. */
export interface DumpVersion {
  /** URL or path. */
  readonly source: string;
  readonly etag: string | null;
  /** `Last-Modified` (of a file: its modification time), epoch seconds. */
  readonly lastModifiedS: number | null;
  /** Bytes as they come: compressed, if it is. */
  readonly size: number | null;
}

/**
 * How far a dump has come; each stage is reached once the work named is complete and durable. `refused`: it is whole and
 * of no use, so there is nothing to do until the source has another.
 */
export type DumpStage = 'downloaded' | 'imported' | 'published' | 'demoted' | 'refused';

/** What is remembered of the newest dump, so that a start goes on where the last run ended. */
export interface DumpProgress {
  /** null: none of the source's: what the database has otherwise is to be published. */
  readonly version: DumpVersion | null;
  readonly stage: DumpStage;
  /** Of the downloaded dump, or the local one; not there any more once it is imported. */
  readonly file: string;
  /** Which database it went into, as `StoreInfo.description` says. */
  readonly database: string | null;
  /** When the stage was reached, epoch seconds. */
  readonly atS: number;
}

/** Whether two answers speak of the same dump: by ETag where both have one, else by time and size. */
export function isSameDump(a: DumpVersion, b: DumpVersion): boolean {
  if (a.source !== b.source) return false;
  if (a.etag !== null && b.etag !== null) return a.etag === b.etag;
  return a.lastModifiedS !== null && a.lastModifiedS === b.lastModifiedS && a.size === b.size;
}
