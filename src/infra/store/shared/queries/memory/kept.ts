/** An answer that takes long to make, and is good for a while. */
export class Kept<T> {
  readonly #goodMs: number;
  readonly #make: () => Promise<T>;
  #made: { readonly atMs: number; readonly answer: Promise<T> } | undefined;

  constructor(goodMs: number, make: () => Promise<T>) {
    this.#goodMs = goodMs;
    this.#make = make;
  }

  /** One that could not be made is made again when it is asked for again. */
  get(): Promise<T> {
    const nowMs = performance.now();
    if (this.#made === undefined || nowMs - this.#made.atMs > this.#goodMs) {
      const answer = this.#make();
      this.#made = { atMs: nowMs, answer };
      answer.catch(() => (this.#made = undefined));
    }
    return this.#made.answer;
  }
}
