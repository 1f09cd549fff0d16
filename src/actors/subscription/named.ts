import { canonicalWatch, subscriptionId, type NamedSubscription } from '../../domain/push/definition.ts';
import type { WatchDefinition } from '../../domain/push/definition.ts';
import type { Added, NamedSubscriptions } from '../../domain/ports/publishing/named-subscriptions.ts';
import type { DefinitionEnd } from '../../domain/ports/publishing/push.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';

const KIND = 'subscription';
const MAX_KEPT = 1_000;
/** Other daemons may make and remove some, too. */
const REMEMBERED_MS = 1_000;

type ById = ReadonlyMap<string, NamedSubscription>;

/** Those that were made, which are kept in the database, and those of the configuration, which go before them. */
export class NamedWatches implements NamedSubscriptions {
  readonly #store: AggregateStore;
  readonly #time: Time;
  #configured: ById = new Map();
  #kept: { readonly atMs: number; readonly read: Promise<ById> } | null = null;
  readonly #listeners = new Map<string, Set<(reason: DefinitionEnd) => void>>();

  constructor(deps: { readonly store: AggregateStore; readonly time: Time }) {
    this.#store = deps.store;
    this.#time = deps.time;
  }

  /** From now on the configuration has these; whoever listens to another definition comes again. */
  configure(subscriptions: readonly NamedSubscription[]): void {
    const before = this.#configured;
    this.#configured = byId(subscriptions);
    for (const [id, { watch }] of before) {
      const now = this.#configured.get(id);
      if (now === undefined) this.#end(id, 'removed');
      else if (!isSame(now.watch, watch)) this.#end(id, 'changed');
    }
  }

  /** What the configuration has of that name. */
  configured(id: string): NamedSubscription | undefined {
    return this.#configured.get(id);
  }

  async list(): Promise<readonly NamedSubscription[]> {
    const all = new Map([...(await this.#read()), ...this.#configured]);
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subscription]) => subscription);
  }

  async get(id: string): Promise<NamedSubscription | undefined> {
    return this.#configured.get(id) ?? (await this.#read()).get(id);
  }

  async add(name: string, watch: WatchDefinition, madeBy: string): Promise<Added> {
    const id = subscriptionId(name);
    const subscription = { name, watch, madeBy, madeAtS: Math.floor(this.#time.now() / 1000) };
    for (;;) {
      this.#kept = null;
      const there = await this.get(id);
      if (there !== undefined) {
        return { outcome: isSame(there.watch, watch) ? 'there' : 'other', subscription: there };
      }
      if ((await this.#read()).size >= MAX_KEPT) return { outcome: 'full' };
      const isMade = await this.#store.putAggregate({
        ...{ kind: KIND, id, version: 1 },
        json: JSON.stringify(subscription),
      });
      this.#kept = null;
      if (isMade) return { outcome: 'made', subscription };
    }
  }

  async remove(id: string): Promise<boolean> {
    this.#kept = null;
    if (!(await this.#read()).has(id)) return false;
    await this.#store.removeAggregate(KIND, id);
    this.#kept = null;
    if (!this.#configured.has(id)) this.#end(id, 'removed');
    return true;
  }

  listen(id: string, end: (reason: DefinitionEnd) => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(end));
    return () => {
      listeners.delete(end);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
  }

  #end(id: string, reason: DefinitionEnd): void {
    for (const end of [...(this.#listeners.get(id) ?? [])]) end(reason);
  }

  #read(): Promise<ById> {
    const nowMs = this.#time.now();
    if (this.#kept !== null && nowMs - this.#kept.atMs < REMEMBERED_MS) return this.#kept.read;
    const read = this.#store
      .aggregates(KIND)
      .then((all) => byId(all.map(({ json }) => JSON.parse(json) as NamedSubscription)));
    const kept = (this.#kept = { atMs: nowMs, read });
    read.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return read;
  }
}

function byId(subscriptions: readonly NamedSubscription[]): ById {
  return new Map(subscriptions.map((each) => [subscriptionId(each.name), each]));
}

function isSame(a: WatchDefinition, b: WatchDefinition): boolean {
  return canonicalWatch(a) === canonicalWatch(b);
}
