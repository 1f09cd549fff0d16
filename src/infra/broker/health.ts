import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessHealth } from '../../domain/ports/publishing/broker.ts';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { BrokerConnection, type BrokerAddress } from './connection.ts';
import { processKey } from './keys.ts';

/** Changes are told within this. */
const LOOK_MS = 1_000;
const TELL_MS = 30_000;
/** After a failure. */
const RETRY_MS = 5_000;
/** Whoever is not heard of for so long is gone. */
const EXPIRE_S = 90;
/** What the last word may take. */
const FAREWELL_MS = 1_000;

export interface HealthDeps {
  readonly address: BrokerAddress;
  readonly version: string;
  readonly look: () => ProcessHealth;
  readonly log: Log;
}

/** Tells the broker how this process is: when that changes, and every half minute. */
export class HealthTeller {
  readonly #deps: HealthDeps;
  readonly #connection: BrokerConnection;
  readonly #id = `${hostname()}:${process.pid}`;
  readonly #startedAt = new Date().toISOString();
  #told: { readonly text: string; readonly atMs: number; readonly since: string } | null = null;
  #error: string | null = null;
  #timer: NodeJS.Timeout;
  #telling: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: HealthDeps) {
    this.#deps = deps;
    this.#connection = new BrokerConnection(deps.address);
    this.#timer = setTimeout(this.#look, 0);
  }

  /** Tells that it has ended. Never fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#telling, sleep(FAREWELL_MS, undefined, { ref: false })]);
    const farewell = { ...this.#deps.look(), state: 'stopped', notReady: [] } as const;
    if (this.#error === null) await this.#tell(farewell, FAREWELL_MS).catch(() => undefined);
    this.#connection.close();
  }

  readonly #look = (): void => {
    this.#telling = this.#tellNews().then(
      () => this.#again(LOOK_MS),
      (error: unknown) => {
        const problem = describeError(error);
        if (problem !== this.#error) this.#deps.log.warn({}, `health is not told: ${problem}`);
        this.#error = problem;
        this.#again(RETRY_MS);
      },
    );
  };

  #again(delayMs: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(this.#look, delayMs).unref();
  }

  async #tellNews(): Promise<void> {
    const health = this.#deps.look();
    const isOld = this.#told === null || Date.now() - this.#told.atMs >= TELL_MS;
    if (!isOld && this.#told?.text === JSON.stringify(health)) return;
    await this.#tell(health);
    if (this.#error !== null) this.#deps.log.info({}, 'health is told again');
    this.#error = null;
  }

  async #tell(health: ProcessHealth, patienceMs?: number): Promise<void> {
    const text = JSON.stringify(health);
    const atMs = Date.now();
    const at = new Date(atMs).toISOString();
    const since = this.#told?.text === text ? this.#told.since : at;
    const told = {
      ...{ ...health, since, at, version: this.#deps.version },
      ...{ host: hostname(), pid: process.pid, startedAt: this.#startedAt },
    };
    const value = JSON.stringify(told);
    await this.#connection.use(
      (client) => client.set(processKey(this.#id), value, { expiration: { type: 'EX', value: EXPIRE_S } }),
      patienceMs,
    );
    this.#told = { text, atMs, since };
  }
}
