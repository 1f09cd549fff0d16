import { authorization } from './viewer.js';

/**
 * @typedef {object} Sent
 * @property {boolean} isRunning
 * @property {string | null} refusal
 */

/** Has the daemon do something, with the token of whoever looks. */
export class Sender {
  /** @type {Map<string, Sent>} */
  #sent = new Map();
  #onChange;
  #onDone;

  /**
   * @param {() => void} onChange
   * @param {() => void} onDone what was asked before may have another answer now
   */
  constructor(onChange, onDone) {
    this.#onChange = onChange;
    this.#onDone = onDone;
  }

  /** @param {string} name of the button @returns {Sent} */
  of(name) {
    return this.#sent.get(name) ?? { isRunning: false, refusal: null };
  }

  /**
   * @param {string} name of the button
   * @param {'POST' | 'PUT' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>} what was answered; null: it was refused
   */
  async send(name, method, path, body) {
    if (this.of(name).isRunning) return null;
    this.#set(name, { isRunning: true, refusal: null });
    try {
      const response = await fetch(path, {
        method,
        headers: { ...authorization(), ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const told = await response.json();
      this.#set(name, { isRunning: false, refusal: response.ok ? null : told.error });
      if (!response.ok) return null;
      this.#onDone();
      return told;
    } catch {
      this.#set(name, { isRunning: false, refusal: 'the daemon does not answer' });
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {Sent} sent
   */
  #set(name, sent) {
    this.#sent.set(name, sent);
    this.#onChange();
  }
}
