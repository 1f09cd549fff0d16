import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import { BrokerConnection, type BrokerAddress } from './connection.ts';
import { KEYS } from './keys.ts';

const BLOCK_MS = 5_000;
const RETRY_MS = { first: 500, most: 30_000 };

export interface FollowerDeps {
  readonly address: BrokerAddress;
  readonly log: Log;
  /** The log has come to this position, or nobody knows how far. */
  readonly onNews: (position: LogPosition | null) => void;
}

/** Hears from the stream how far the change log has come; who misses something of it hears of the next. */
export class BrokerFollower {
  readonly #deps: FollowerDeps;
  readonly #connection: BrokerConnection;
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;
  #isClosed = false;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#connection = new BrokerConnection(deps.address);
    this.#following = this.#follow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ending.abort();
    this.#connection.close();
    await this.#following;
  }

  /** Never rejects. */
  async #follow(): Promise<void> {
    const { log, onNews } = this.#deps;
    const { signal } = this.#ending;
    let told: string | null = null;
    for (let retryMs = RETRY_MS.first; !signal.aborted;) {
      try {
        const position = await this.#next();
        if (told !== null) log.info({}, 'broker: heard again');
        told = null;
        retryMs = RETRY_MS.first;
        if (position !== undefined) onNews(position);
      } catch (error) {
        if (this.#isClosed) return;
        const problem = describeError(error);
        if (problem !== told)
          log.warn({}, `broker: not heard, the database is asked once a second: ${problem}`);
        told = problem;
        await sleep(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
        retryMs = Math.min(RETRY_MS.most, 2 * retryMs);
        onNews(null);
      }
    }
  }

  /** The newest entry of those that come next; undefined: none has for a while. */
  #next(): Promise<LogPosition | null | undefined> {
    return this.#connection.use(async (client) => {
      const streams = (await client.xRead({ key: KEYS.changes, id: '$' }, { BLOCK: BLOCK_MS })) as
        | readonly { readonly messages: readonly { readonly message: Readonly<Record<string, string>> }[] }[]
        | null;
      const last = streams?.[0]?.messages.at(-1);
      if (last === undefined) return undefined;
      const { log, seq } = last.message;
      return log === undefined ? null : { logId: log, seq: Number(seq) };
    }, 2 * BLOCK_MS);
  }
}
