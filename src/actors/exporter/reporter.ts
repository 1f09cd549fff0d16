import type { Log } from '../../domain/ports/log.ts';
import type { PublishedExport } from '../../machines/publishing/exporter.machine.ts';
import type { Failing } from '../failing.ts';

/** What the exporter tells its operator. Repeats of the same trouble are not told again. */
export class ExporterReporter {
  readonly #log: Log;
  #error: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  published = (published: PublishedExport | null): void => {
    this.#error = null;
    if (published === null) return;
    const { rows, stations, changed } = published;
    this.#log.info(
      { ...published },
      `listings-live.csv: ${rows} rows of ${stations} stations${changed ? '' : ', unchanged'}`,
    );
  };

  failed = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error(
      { attempt, error: lastError },
      `listings-live.csv not published: ${lastError ?? 'unknown error'}`,
    );
  };
}
