/** @import { Status } from '../answers.d.ts' */

/** Samples that the rate is taken over: some 15 seconds. */
const SPAN = 5;
const MOST = 60;

/** Messages a second, from what was received between two looks. */
export class FeedRate {
  /** @type {{ atMs: number, received: number }[]} */
  #samples = [];
  /** @type {Status | null} */
  #last = null;
  /** @type {number[]} */
  history = [];

  /** @param {Status} status */
  take(status) {
    if (status === this.#last) return;
    const atMs = performance.now();
    const { received } = status.totals;
    const isAnother = status.startedAt !== this.#last?.startedAt;
    // After a pause the mean since then would say nothing of now.
    if (isAnother || atMs - (this.#samples.at(-1)?.atMs ?? 0) > 30_000) {
      this.#samples = [];
      this.history = [];
    }
    this.#last = status;
    this.#samples = [...this.#samples, { atMs, received }].slice(-SPAN - 1);
    if (this.perS !== null) this.history = [...this.history, this.perS].slice(-MOST);
  }

  /** Null: not yet known. */
  get perS() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || first === last) return null;
    return ((last.received - first.received) * 1000) / (last.atMs - first.atMs);
  }
}
