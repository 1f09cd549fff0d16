export interface Look {
  /** All files; else the newest ones, and those that stirred. */
  readonly everything: boolean;
}

export interface ScanProgress {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly ofBytes: number;
}

/** What a look found. */
export interface LookedAt {
  /** Journals in the folder. */
  readonly files: number;
  /** Read now. */
  readonly lines: number;
  readonly bytes: number;
  /** Files that cannot be read now, with the reason. */
  readonly problems: readonly string[];
}

/** How a look is made. */
export interface LookOptions<Told> extends Look {
  readonly signal: AbortSignal;
  /** What was read, in order. */
  readonly take: (told: readonly Told[]) => void;
  /** After some tens of MB: resolves when what was read may be kept. */
  readonly checkpoint: () => Promise<void>;
  readonly progress: (progress: ScanProgress) => void;
}

/** A folder in which the game writes journals. They are read, never written. @typeParam Told what is made of a line */
export interface JournalFolder<Told> {
  readonly path: string;
  /**
   * Reads every line that is whole and was not read before.
   * @returns null: there is no such folder
   * @throws AppError `journal`: it cannot be read
   */
  look(options: LookOptions<Told>): Promise<LookedAt | null>;
  /**
   * Reads every line of every file, whatever was read before.
   * @returns null: there is no such folder
   * @throws AppError `journal`: it cannot be read
   */
  reread(options: Pick<LookOptions<Told>, 'signal' | 'take'>): Promise<LookedAt | null>;
  /**
   * Keeps how far was read for the next life, not more often than every few seconds.
   * @throws AppError when it cannot be written
   */
  keep(isLast: boolean): Promise<void>;
  /** Calls back when something stirs, as far as the system tells. @returns ends it */
  notice(onStir: () => void): () => void;
}
