export interface FlowEvents {
  pauseFeed(): void;
  resumeFeed(): void;
}

/** Pauses the feed when as much is held as may be, and lets it go on when half of that is gone. */
export class FeedRegulator {
  readonly #max: number;
  readonly #events: FlowEvents;
  #paused = false;

  constructor(max: number, events: FlowEvents) {
    this.#max = max;
    this.#events = events;
  }

  regulate(load: number): void {
    const paused = this.#paused ? load > this.#max / 2 : load >= this.#max;
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#events.pauseFeed();
    else this.#events.resumeFeed();
  }
}
