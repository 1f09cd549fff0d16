import type { Carrier } from '../../colonisation/book/carrier.ts';
import type { Commander } from '../../colonisation/book/commander.ts';
import type { Site } from '../../colonisation/book/site.ts';

/** What a watcher of a folder does, and what it has read. */
export interface WatcherStatus {
  readonly folder: string;
  readonly state: 'absent' | 'scanning' | 'tailing' | 'backingOff' | 'closed';
  readonly files: number | null;
  /** Of the first reading, 0 to 1; null: it has ended, or not begun. */
  readonly progress: number | null;
  readonly problems: readonly string[];
  readonly lastError: string | null;
}

/** What came of reading all journals anew. */
export interface Reloaded {
  readonly files: number;
  readonly lines: number;
  /** Builds that these journals tell of. */
  readonly sites: number;
  /** Folders and files that could not be read: what was known of builds was joined, and nothing of it forgotten. */
  readonly problems: readonly string[];
}

/** Who has sent journals since the daemon began. */
export interface SenderStatus {
  /** Of the token. */
  readonly name: string;
  /** Lines that told something. */
  readonly lines: number;
  /** Milliseconds since the epoch. */
  readonly lastAtMs: number;
}

/** What journals have told, as it is now. */
export interface Colonisation {
  sites(): readonly Site[];
  carriers(): readonly Carrier[];
  commanders(): readonly Commander[];
  watchers(): readonly WatcherStatus[];
  /** Calls back whenever something new may have been told. @returns calls back no more */
  onChange(listener: () => void): () => void;
  senders(): readonly SenderStatus[];
}
