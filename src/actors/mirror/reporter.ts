import type { Log } from '../../domain/ports/log.ts';
import type { Failing } from '../failing.ts';

/** What the operator hears of files that are fetched. Repeats of the same trouble are not told again. */
export class MirrorReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  fetched = (names: readonly string[]): void => {
    this.#error = null;
    if (names.length === 0) return;
    this.#log.info({ files: names }, `mirror: ${names.length} files are those of the daemon that leads`);
  };

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `mirror: the files stay: ${lastError ?? 'unknown error'}`);
  };
}
