import { createClient } from '@redis/client';
import { AppError, describeError } from '../../domain/errors.ts';

/** How to reach a broker. */
export interface BrokerAddress {
  /** `redis://host:port/database` or `rediss://...`, without secrets. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

export type BrokerClient = ReturnType<typeof connectTo>;

/** Longer than anything asked here takes. */
const PATIENCE_MS = 10_000;
const CONNECT_MS = 5_000;

function connectTo({ url, ...credentials }: BrokerAddress) {
  return createClient({
    ...{ url, ...credentials },
    // Whoever asks tries again, with a backoff of his own.
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
  });
}

/** A connection that is made when something is asked, and made anew after it broke. Rejects with an AppError `broker`. */
export class BrokerConnection {
  readonly #address: BrokerAddress;
  #client: BrokerClient | null = null;
  #connecting: Promise<BrokerClient> | null = null;

  constructor(address: BrokerAddress) {
    this.#address = address;
  }

  /** @param patienceMs what takes longer has failed, and the connection with it */
  async use<T>(run: (client: BrokerClient) => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#drop();
    }, patienceMs);
    try {
      this.#connecting ??= this.#connect().finally(() => (this.#connecting = null));
      return await run(await this.#connecting);
    } catch (cause) {
      if (!isAnswer(cause)) this.#drop();
      throw this.#errorOf(
        cause,
        late.signal.aborted ? `does not answer within ${patienceMs / 1000} s` : null,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** What is being asked fails; whoever asks again is connected again. */
  close(): void {
    this.#drop();
  }

  async #connect(): Promise<BrokerClient> {
    if (this.#client?.isReady === true) return this.#client;
    this.#drop();
    const client = (this.#client = connectTo(this.#address));
    // What is asked is told of it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  #drop(): void {
    if (this.#client?.isOpen === true) this.#client.destroy();
    this.#client = null;
  }

  #errorOf(cause: unknown, late: string | null): AppError {
    const said = late ?? describeError(cause);
    const [, advice = 'it is tried again'] = ADVICE.find(([sign]) => sign.test(said)) ?? [];
    const problem = said.startsWith('NOAUTH') ? 'it wants a password' : said;
    return new AppError('broker', `broker at ${this.#address.url}: ${problem}`, { advice, cause });
  }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/,
    'set REDIS_PASSWORD, and REDIS_USERNAME where users have names, in the environment; it is tried again',
  ],
  [/^READONLY/, 'broker_url must lead to the one that is written to, not to a replica; it is tried again'],
  [/^OOM/, 'give it more memory: docs/scaling.md tells how much; it is tried again'],
  [/^(MOVED|CROSSSLOT|CLUSTERDOWN)/, 'a cluster is none: broker_url must lead to a single server'],
];

/** The server refuses what was asked; the connection is well. */
function isAnswer(cause: unknown): boolean {
  return cause instanceof Error && /^[A-Z]{2,} /.test(cause.message);
}
