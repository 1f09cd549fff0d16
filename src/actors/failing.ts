import type { Log } from '../domain/ports/log.ts';

/** What the context of a machine that tries again tells a reporter. */
export interface Failing {
  readonly attempt: number;
  readonly lastError: string | null;
}

/** Trouble that a machine waits out: told once, its repeats not before it is over. */
export class Trouble {
  readonly #log: Log;
  readonly #what: string;
  #error: string | null = null;

  /** @param what is not done meanwhile */
  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  get isTold(): boolean {
    return this.#error !== null;
  }

  tell = ({ attempt, lastError }: Failing): void => {
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `${this.#what}: ${lastError ?? 'unknown error'}`);
  };

  over(): void {
    this.#error = null;
  }
}
