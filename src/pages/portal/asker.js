import { listen } from './private/stream.js';
import { authorization } from './private/viewer.js';

/**
 * @import { Refusal, Told } from './answers.d.ts'
 *
 * @typedef {object} Place
 * @property {string} path
 * @property {boolean} isPrivate asked with the token of whoever looks
 * @property {Told<any>} told
 * @property {number} dueMs when it is to be asked again
 * @property {AbortController | null} running
 */

const AGAIN_AFTER_FAILURE_MS = 5_000;

/** Asks what the page shows: every place of it has a question, and keeps its last answer until the next one comes. */
export class Asker {
  /** @type {Map<string, Place>} */
  #places = new Map();
  /** @type {Map<string, AbortController>} */
  #streams = new Map();
  /** @type {Set<string>} */
  #shown = new Set();
  #onAnswer;
  /** Of the server's clock before the browser's; an answer from a cache is late, so the greatest is true. */
  #aheadMs = -Infinity;

  /** @param {() => void} onAnswer */
  constructor(onAnswer) {
    this.#onAnswer = onAnswer;
  }

  /** The server's time, epoch milliseconds. */
  nowMs() {
    return Date.now() + (Number.isFinite(this.#aheadMs) ? this.#aheadMs : 0);
  }

  /**
   * @template T
   * @param {string} name of the place on the page
   * @param {string} path
   * @param {number} everyS asked again after so long
   * @param {boolean} isPrivate asked with the token of whoever looks
   * @returns {Told<T>}
   */
  ask(name, path, everyS = Infinity, isPrivate = false) {
    this.#shown.add(name);
    let place = this.#places.get(name);
    if (place?.path !== path) {
      place?.running?.abort();
      const told = { value: place?.told.value ?? null, isOld: true, refusal: null };
      place = { path, isPrivate, told, dueMs: 0, running: null };
      this.#places.set(name, place);
    }
    if (place.running === null && Date.now() >= place.dueMs) void this.#fetch(place, everyS * 1000);
    return place.told;
  }

  /**
   * Asks what is private again, as soon as somebody hears of a change of it.
   * @param {string} path of server-sent events
   */
  listen(path) {
    this.#shown.add(path);
    if (this.#streams.has(path)) return;
    const stream = new AbortController();
    this.#streams.set(path, stream);
    void listen(path, stream.signal, () => this.askPrivateAgain());
  }

  /** Somebody else looks: what was told is not for him. */
  forgetPrivate() {
    for (const [name, place] of this.#places) {
      if (!place.isPrivate) continue;
      place.running?.abort();
      this.#places.delete(name);
    }
    for (const stream of this.#streams.values()) stream.abort();
    this.#streams.clear();
    this.#onAnswer();
  }

  /** Something private has changed. */
  askPrivateAgain() {
    for (const place of this.#places.values()) if (place.isPrivate) place.dueMs = 0;
    this.#onAnswer();
  }

  /** Forgets the questions that were not asked since the last call. */
  forgetOthers() {
    for (const [path, stream] of this.#streams) {
      if (this.#shown.has(path)) continue;
      stream.abort();
      this.#streams.delete(path);
    }
    for (const [name, place] of this.#places) {
      if (this.#shown.has(name)) continue;
      place.running?.abort();
      this.#places.delete(name);
    }
    this.#shown.clear();
  }

  /**
   * @param {Place} place
   * @param {number} everyMs
   */
  async #fetch(place, everyMs) {
    const running = new AbortController();
    place.running = running;
    try {
      const headers = place.isPrivate ? authorization() : {};
      const response = await fetch(place.path, { headers, signal: running.signal });
      const body = await response.json();
      if (response.ok) {
        this.#setClock(response);
        place.told = { value: body, isOld: false, refusal: null };
        place.dueMs = Date.now() + everyMs;
      } else {
        this.#refuse(place, {
          status: response.status,
          message: body.error,
          candidates: body.candidates ?? [],
        });
      }
    } catch {
      if (running.signal.aborted) return;
      this.#refuse(place, { status: 0, message: 'the daemon does not answer', candidates: [] });
    }
    place.running = null;
    this.#onAnswer();
  }

  /** @param {Response} response */
  #setClock({ headers }) {
    const date = Date.parse(headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.#aheadMs = Math.max(this.#aheadMs, date - Date.now());
  }

  /**
   * What is wrong with the question stays wrong; what is wrong with the server may pass.
   * @param {Place} place
   * @param {Refusal} refusal
   */
  #refuse(place, refusal) {
    const isLasting = refusal.status >= 400 && refusal.status < 429;
    const { value, isOld } = place.told;
    place.told = isLasting ? { value: null, isOld: false, refusal } : { value, isOld, refusal };
    place.dueMs = isLasting ? Infinity : Date.now() + AGAIN_AFTER_FAILURE_MS;
  }
}
