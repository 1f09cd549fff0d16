import { indexOf, readMarkets } from './markets.js';

/**
 * @import { Markets } from './markets.js'
 *
 * @typedef {object} Listener
 * @property {(markets: Markets) => void} onMarkets all of them, as they are now
 * @property {(at: number, seenS: number) => void} onSeen one of them, at its index
 * @property {() => void} onFailure they cannot be had now; tried again
 */

/** What is seen again without another price is not told, and new markets are not on the map: it is asked for again. */
const AGAIN_MS = 60_000;
const AGAIN_AFTER_FAILURE_MS = 5_000;

/** The markets of a map, kept as they are: the file, and then what the stream tells. */
export class LiveMarkets {
  #path;
  #listener;
  #ended = new AbortController();
  /** @type {Markets | null} */
  #markets = null;
  #etag = '';
  /** Told while the file was on its way. @type {Map<number, number>} */
  #early = new Map();
  /** @type {EventSource} */
  #stream;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} path
   * @param {Listener} listener
   */
  constructor(path, listener) {
    this.#path = path;
    this.#listener = listener;
    this.#stream = new EventSource('/api/v1/stream');
    this.#stream.addEventListener('market', ({ data }) => this.#take(JSON.parse(data)));
    this.#stream.addEventListener('snapshot', ({ data }) => {
      if (JSON.parse(data).reason === 'lost') void this.#fetch();
    });
    void this.#fetch();
  }

  end() {
    this.#ended.abort();
    this.#stream.close();
    clearTimeout(this.#timer);
  }

  async #fetch() {
    clearTimeout(this.#timer);
    try {
      // A browser asks with the entity tag of what it has, and gives that where it is the same.
      const response = await fetch(this.#path, { signal: this.#ended.signal, cache: 'no-cache' });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      const etag = response.headers.get('etag') ?? '';
      const bytes = await response.arrayBuffer();
      if (etag !== this.#etag || this.#markets === null)
        this.#show(readMarkets(bytes, Math.floor(Date.now() / 1000)));
      this.#etag = etag;
      this.#again(AGAIN_MS);
    } catch {
      if (this.#ended.signal.aborted) return;
      this.#listener.onFailure();
      this.#again(AGAIN_AFTER_FAILURE_MS);
    }
  }

  /** @param {number} ms */
  #again(ms) {
    this.#timer = setTimeout(() => void this.#fetch(), ms);
  }

  /** @param {Markets} markets */
  #show(markets) {
    this.#markets = markets;
    for (const [id, atS] of this.#early) this.#see(id, atS);
    this.#early.clear();
    this.#listener.onMarkets(markets);
  }

  /** @param {{ marketId: number, marketObservedAt: string | null }} told */
  #take({ marketId, marketObservedAt }) {
    if (marketObservedAt === null) return;
    const atS = Date.parse(marketObservedAt) / 1000;
    if (this.#markets === null) {
      this.#early.set(marketId, atS);
      return;
    }
    const at = this.#see(marketId, atS);
    if (at >= 0) this.#listener.onSeen(at, this.#markets.seenS[at] ?? 0);
  }

  /**
   * Whichever of both is newer.
   * @param {number} id
   * @param {number} atS epoch seconds
   * @returns its index; -1: not on this map, or known
   */
  #see(id, atS) {
    if (this.#markets === null) return -1;
    const { ids, seenS, baseS } = this.#markets;
    const at = indexOf(ids, id);
    if (at < 0 || (seenS[at] ?? 0) >= atS - baseS) return -1;
    seenS[at] = atS - baseS;
    return at;
  }
}
