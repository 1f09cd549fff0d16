import type { Log } from '../../domain/ports/log.ts';
import type { PublishedExport } from '../../machines/publishing/exporter.machine.ts';
import { Trouble, type Failing } from '../failing.ts';

/** What the exporter tells its operator. Repeats of the same trouble are not told again. */
export class ExporterReporter {
  readonly #log: Log;
  readonly #trouble: Trouble;

  constructor(log: Log) {
    this.#log = log;
    this.#trouble = new Trouble(log, 'listings-live.csv not published');
  }

  published = (published: PublishedExport | null): void => {
    this.#trouble.over();
    if (published === null) return;
    const { rows, stations, changed } = published;
    this.#log.info(
      { ...published },
      `listings-live.csv: ${rows} rows of ${stations} stations${changed ? '' : ', unchanged'}`,
    );
  };

  failed = (failing: Failing): void => this.#trouble.tell(failing);
}
