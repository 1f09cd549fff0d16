import { NamedWatches } from '../actors/subscription/named.ts';
import { describeError } from '../domain/errors.ts';
import type { Log } from '../domain/ports/log.ts';
import type { AggregateStore } from '../domain/ports/store/aggregate-store.ts';
import { canonicalWatch, subscriptionId, type NamedSubscription } from '../domain/push/definition.ts';
import type { ApiDeps } from '../infra/http/api/deps.ts';
import { ApiError } from '../infra/http/api/errors.ts';
import { Goods } from '../infra/http/api/goods.ts';
import { readNamed, watchOf } from '../infra/http/push/watching.ts';
import { realTime } from '../infra/process/real-time.ts';
import type { Bootstrap } from './bootstrap.ts';

interface Entry {
  /** As the configuration calls it: `subscriptions[2]`. */
  readonly key: string;
  /** Null: it has none that could be read. */
  readonly name: string | null;
  /** Or what is wrong with it. */
  readonly read: NamedSubscription | string;
}

/** What is wrong with the subscriptions of a configuration, each with its key. */
export function wrongSubscriptions(entries: readonly unknown[]): string[] {
  return readEntries(entries).flatMap(({ key, read }) =>
    typeof read === 'string' ? [`${key}: ${read}`] : [],
  );
}

function readEntries(entries: readonly unknown[]): Entry[] {
  const seen = new Set<string>();
  return entries.map((entry, at): Entry => {
    const key = `subscriptions[${at}]`;
    const { name } = (entry ?? {}) as { readonly name?: unknown };
    const told = typeof name === 'string' ? { key: `${key} (${name})`, name } : { key, name: null };
    try {
      const read = { ...readNamed(entry), madeBy: null, madeAtS: null };
      const id = subscriptionId(read.name);
      if (seen.has(id)) return { ...told, read: 'there is one of that name before it, which counts' };
      seen.add(id);
      return { ...told, read };
    } catch (error) {
      return { ...told, read: describeError(error) };
    }
  });
}

/** What can be listened to by its name: what was made over HTTP, and what the configuration has. */
export function keepSubscriptions({ config, log }: Bootstrap, store: AggregateStore, deps: ApiDeps) {
  const named = new NamedWatches({ store, time: realTime });
  const goods = new Goods(deps);
  // Builds are looked up when somebody listens: journals are followed later.
  const look = (watch: NamedSubscription['watch']) =>
    watch.builds === undefined ? watchOf(deps, goods, watch) : Promise.resolve();
  const configured = new ConfiguredSubscriptions(named, look, log);
  const reconfigure = () => configured.load(config.subscriptions);
  void reconfigure();
  return { named, reconfigure };
}

/** The subscriptions that the configuration has, from the start on and whenever it is read again. */
export class ConfiguredSubscriptions {
  readonly #named: NamedWatches;
  readonly #look: (watch: NamedSubscription['watch']) => Promise<unknown>;
  readonly #log: Log;
  #isFirst = true;

  /** @param look for what a definition names; rejects with an ApiError where nobody knows it */
  constructor(named: NamedWatches, look: (watch: NamedSubscription['watch']) => Promise<unknown>, log: Log) {
    this.#named = named;
    this.#look = look;
    this.#log = log;
  }

  /** A wrong one is told, and stays what it was before. Never fails. */
  async load(entries: readonly unknown[]): Promise<void> {
    const wanted = new Map<string, NamedSubscription>();
    for (const { key, name, read } of readEntries(entries)) {
      const id = name === null ? null : subscriptionId(name);
      if (typeof read !== 'string') wanted.set(subscriptionId(read.name), read);
      else {
        const before = id === null ? undefined : this.#named.configured(id);
        if (id !== null && before !== undefined && !wanted.has(id)) wanted.set(id, before);
        this.#log.warn(
          { key },
          `${key}: ${read}: it ${before === undefined ? 'is left out' : 'stays as it was'}`,
        );
      }
    }
    // Nobody has to wait for the database to be told of what was there before.
    if (this.#isFirst) this.#named.configure([...wanted.values()]);
    this.#isFirst = false;
    const known: NamedSubscription[] = [];
    for (const subscription of wanted.values()) known.push(await this.#known(subscription));
    this.#named.configure(known);
  }

  async #known(subscription: NamedSubscription): Promise<NamedSubscription> {
    const { name, watch } = subscription;
    const before = this.#named.configured(subscriptionId(name));
    if (
      before !== undefined &&
      before !== subscription &&
      canonicalWatch(before.watch) === canonicalWatch(watch)
    )
      return subscription;
    try {
      await this.#look(watch);
      return subscription;
    } catch (error) {
      // Without a database nobody knows.
      if (!(error instanceof ApiError)) return subscription;
      const isOther = before !== undefined && before !== subscription;
      const now = isOther ? 'it stays as it was' : 'nobody can listen to it before that is known';
      this.#log.warn({ subscription: name }, `subscription ${name}: ${error.message}: ${now}`);
      return before ?? subscription;
    }
  }
}
