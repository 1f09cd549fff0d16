import type { Time } from './ports/time.ts';

/** A time that the gateway told counts for at least so long, and at most twice. */
const HALF_MEMORY_MS = 5 * 60_000;

/** What neither the network nor the keeping of time explains. */
const TOLERANCE_MS = 60_000;

/**
 * What time it is: by the local clock or, where that is behind, by the newest time at which EDDN's gateway passed a
 * message on in the last minutes.
 */
export class Now {
  readonly #clock: Pick<Time, 'now'>;
  #provenMs: number;
  /** The newest time of a half of the memory, and of the one before. */
  #toldMs = 0;
  #toldBeforeMs = 0;
  /** In which: by number since the epoch, of the local clock. */
  #toldInHalf = NaN;

  /** @param provenMs a time that a gateway once told: it is later now, milliseconds since the epoch */
  constructor(clock: Pick<Time, 'now'>, provenMs = 0) {
    this.#clock = clock;
    this.#provenMs = provenMs;
  }

  /**
   * A message told the gateway's time.
   * @param isLive it came from the relay: what files say proves nothing for later
   */
  noteGateway(atS: number, isLive: boolean): void {
    // A clock that was set begins a new half, too.
    const half = this.#half;
    if (half !== this.#toldInHalf) {
      this.#toldBeforeMs = half === this.#toldInHalf + 1 ? this.#toldMs : 0;
      this.#toldMs = 0;
      this.#toldInHalf = half;
    }
    this.#toldMs = Math.max(this.#toldMs, atS * 1000);
    if (isLive) this.#provenMs = Math.max(this.#provenMs, atS * 1000);
  }

  /** Milliseconds since the epoch. */
  get ms(): number {
    return Math.max(this.#clock.now(), this.#gatewayMs);
  }

  /** How far the local clock is behind the gateway's, milliseconds; 0: not more than can be explained. */
  get behindMs(): number {
    const behindMs = this.#gatewayMs - this.#clock.now();
    return behindMs > TOLERANCE_MS ? behindMs : 0;
  }

  /** The newest time the gateway has ever told in a live message, milliseconds since the epoch; 0: none. */
  get provenMs(): number {
    return this.#provenMs;
  }

  /**
   * Nobody has observed anything later, epoch seconds. That the gateway has told a later time at any time counts here,
   * too: else a clock that is slow would call what is stored impossible, and let replays of old messages win.
   */
  notAfterS(maxClockSkewS: number): number {
    return Math.floor(Math.max(this.ms, this.#provenMs) / 1000) + maxClockSkewS;
  }

  get #gatewayMs(): number {
    const half = this.#half;
    if (half === this.#toldInHalf) return Math.max(this.#toldMs, this.#toldBeforeMs);
    return half === this.#toldInHalf + 1 ? this.#toldMs : 0;
  }

  get #half(): number {
    return Math.floor(this.#clock.now() / HALF_MEMORY_MS);
  }
}
