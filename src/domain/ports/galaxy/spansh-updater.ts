import type { BlockCounts } from '../../spansh/block-counts.ts';
import type { ProblemCounts } from '../../spansh/problems.ts';
import type { SeenItem } from '../../spansh/records.ts';
import type { DumpProgress, DumpVersion } from './dump.ts';
import type { ImportCounts } from '../store/galaxy-store.ts';
import type { PublishedSet } from '../publishing/publishing.ts';

export interface DownloadProgress {
  readonly bytes: number;
  /** null: the server does not say. */
  readonly totalBytes: number | null;
}

/** How far a dump has been read. */
export interface ReadProgress {
  readonly bytesRead: number;
  /** null: not known. */
  readonly totalBytes: number | null;
  readonly systems: number;
  readonly stations: number;
}

export interface ImportProgress extends ReadProgress {
  readonly counts: ImportCounts;
}

export interface ImportResult extends ImportProgress {
  readonly problems: ProblemCounts;
  /** Blocks left out because they are older than the limit. */
  readonly tooOld: BlockCounts['tooOld'];
  /** The limit, days. */
  readonly maxAgeDays: number;
  /** Every commodity that the dump names with a symbol. */
  readonly items: readonly SeenItem[];
}

/** What an import asks and tells while it works. */
export interface ImportHooks {
  /** Whether the feed has said since then that the market is empty: such a market is not brought back. */
  readonly isCleared: (marketId: number, observedAtS: number) => boolean;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/** A dump that somebody names. */
export interface GivenDump {
  /** An absolute path or an address. */
  readonly from: string;
  /** Undefined: as configured; Infinity: whatever its age. */
  readonly maxAgeDays: number | undefined;
}

/** What the updater works with; files, network and database behind it. */
export interface SpanshUpdaterPorts {
  readonly state: {
    load(): Promise<DumpProgress | null>;
    save(progress: DumpProgress): Promise<void>;
  };
  readonly source: {
    check(signal: AbortSignal): Promise<DumpVersion>;
    download(
      version: DumpVersion,
      onProgress: (progress: DownloadProgress) => void,
      signal: AbortSignal,
    ): Promise<{ readonly file: string; readonly version: DumpVersion }>;
    /** A downloaded file is not needed any more. */
    discard(file: string): Promise<void>;
  };
  readonly importDump: (file: string, hooks: ImportHooks) => Promise<ImportResult>;
  /** Imports it, and has it published next. @throws AppError `instance.held` beside another `tdl import` */
  readonly importGiven: (dump: GivenDump, hooks: ImportHooks) => Promise<ImportResult>;
  readonly publish: (signal: AbortSignal) => Promise<PublishedSet>;
  /** Paths of the published set at which there is no file. */
  readonly missingFiles: () => Promise<readonly string[]>;
  readonly demote: (signal: AbortSignal) => Promise<number>;
  /** Names the database: a dump that went into another one has to be imported again. */
  readonly database: string;
  /** No station is in it: whatever was imported is gone. */
  readonly isEmpty: () => Promise<boolean>;
  /** Writes `last_update` of the configuration file. */
  readonly noteUpdated: (lastModifiedS: number) => Promise<void>;
  /** IANA time zone of the active hours. */
  readonly zone: () => string;
  /** Milliseconds until the active hours of a job begin; 0: now is one of them. */
  readonly opensInMs: (job: 'spansh' | 'publishing') => number;
}
