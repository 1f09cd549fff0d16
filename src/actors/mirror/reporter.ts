import type { Log } from '../../domain/ports/log.ts';
import { Trouble, type Failing } from '../failing.ts';

/** What the operator hears of files that are fetched. Repeats of the same trouble are not told again. */
export class MirrorReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'mirror: the files stay');
  }

  fetched = (names: readonly string[]): void => {
    this.#trouble.over();
    if (names.length === 0) return;
    this.#log.info({ files: names }, `mirror: ${names.length} files are those of the daemon that leads`);
  };

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
