import type { Log } from '../../domain/ports/log.ts';
import type { LookedAt, ScanProgress } from '../../domain/ports/commanders/journal-folder.ts';

const MB = 1_000_000;

/** What the operator is told of one folder: a line when something begins or ends, not one a look. */
export class FolderReporter {
  readonly #log: Log;
  readonly #path: string;
  #problems = '';
  #isFailing = false;
  #toldPercent = 0;

  constructor(log: Log, path: string) {
    this.#log = log;
    this.#path = path;
  }

  absent(): void {
    this.#log.warn(
      { folder: this.#path },
      `journals: there is no folder ${this.#path}; it is looked for again`,
    );
  }

  /** A line every tenth of a first reading that takes its time. */
  progress({ files, ofFiles, bytes, ofBytes }: ScanProgress): void {
    const percent = Math.floor((10 * bytes) / Math.max(1, ofBytes)) * 10;
    if (ofBytes < 50 * MB || percent <= this.#toldPercent) return;
    this.#toldPercent = percent;
    this.#log.info(
      { folder: this.#path, files, ofFiles, bytes, ofBytes },
      `journals: ${percent} % of ${Math.round(ofBytes / MB)} MB in ${this.#path} read`,
    );
  }

  scanned({ files, lines, bytes }: LookedAt): void {
    this.#isFailing = false;
    this.#toldPercent = 0;
    this.#log.info(
      { folder: this.#path, files, lines, bytes },
      `journals: ${this.#path} is followed: ${files} files, ${lines} new lines`,
    );
  }

  /** Each set of them once, and when they are over. */
  problems({ problems }: LookedAt): void {
    const text = problems.join('; ');
    if (text === this.#problems) return;
    this.#problems = text;
    if (text === '')
      this.#log.info({ folder: this.#path }, `journals: all files in ${this.#path} can be read again`);
    else
      this.#log.warn(
        { folder: this.#path, problems },
        `journals: not read in ${this.#path}, tried again: ${text}`,
      );
  }

  failed(error: string | null): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#log.warn({ folder: this.#path }, `journals: ${error ?? 'not read'}; it is tried again`);
  }
}
