interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Those who have asked a machine for something, and wait for it: work that began before they asked is not theirs. */
export class Asked<T> {
  #waiting: Waiter<T>[] = [];
  #begun: Waiter<T>[] = [];

  ask(): Promise<T> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** What was begun before and was interrupted is begun again. */
  begin(): void {
    this.#begun.push(...this.#waiting.splice(0));
  }

  done(value: T): void {
    for (const { resolve } of this.#begun.splice(0)) resolve(value);
  }

  failed(error: unknown): void {
    for (const { reject } of this.#begun.splice(0)) reject(error);
  }
}
