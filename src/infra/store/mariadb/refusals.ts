import type { Log } from '../../../domain/ports/log.ts';

/** What the database will never take: told in one line a call. */
export class Refusals {
  readonly #log: Log | undefined;
  #count = 0;
  #first = '';

  constructor(log: Log | undefined) {
    this.#log = log;
  }

  note(what: string, error: unknown): void {
    if (this.#count++ === 0)
      this.#first = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  }

  tell(): void {
    if (this.#count === 0) return;
    this.#log?.warn({ refused: this.#count }, `the database refused ${this.#count} records: ${this.#first}`);
    this.#count = 0;
  }
}
