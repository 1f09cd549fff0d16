import type { MarketRecord, Queries, QueryStatus } from '../../../../domain/ports/store/queries.ts';
import { asker, goneOf, workFor, type Gone } from '../../../threads/asker.ts';
import { openThread, type CallContext, type Service, type Thread } from '../../../threads/rpc.ts';
import { StoreError } from '../../../../domain/errors.ts';
import type { QueryEngine } from './engine.ts';
import { packMarkets, unpackMarkets, type PackedMarkets } from './packed-markets.ts';

type Question = Exclude<keyof Queries, 'changed' | 'changedAll' | 'status' | 'replicaLag' | 'close'>;

interface Asked<K extends Question = Question> {
  readonly question: K;
  readonly args: Parameters<Queries[K]>;
  /** Tells when the answer is not wanted any more. */
  readonly gone: Gone | null;
}

/** What a thread that answers questions can be told. */
export interface QueryMethods {
  ask(asked: Asked): Promise<unknown>;
  /** The question that has the longest answers, packed. */
  packedMarkets(asked: Asked<'markets'>, context: CallContext): Promise<PackedMarkets>;
  changed(marketIds: readonly number[] | 'all'): void;
  status(): Promise<QueryStatus | null>;
  completeToMs(): number | null;
}

/** Of what is read where it is not written. */
interface Lagging {
  /** Everything that was written until then can be read, epoch milliseconds; null: unknown. */
  readonly completeToMs: number | null;
  /** What has changed is to be told when it can be read. */
  hold(changed: readonly number[] | 'all'): void;
}

/** Changes are told together, so that a busy feed costs the other thread a message now and then. */
const GATHER_MS = 250;

/** Answers what is looked up by a name or an id. */
export interface Lookups {
  ask(asked: Asked): Promise<unknown>;
  markets(asked: Asked<'markets'>): Promise<readonly MarketRecord[]>;
  completeToMs(): Promise<number | null>;
  close(): Promise<void>;
}

/** Lookups in a thread: for a database that is read by whoever asks it. */
export function lookupsInThread(thread: Thread<QueryMethods>): Lookups {
  return {
    ask: (asked) => thread.call('ask', asked),
    markets: async (asked) => unpackMarkets(await thread.call('packedMarkets', asked)),
    completeToMs: () => thread.call('completeToMs', undefined),
    close: () => thread.close(),
  };
}

/** Lookups here: for a server that reads elsewhere, and whose answers would only be passed on by a thread. */
export function lookupsHere(create: () => Service<QueryMethods>): Lookups {
  let service: Service<QueryMethods> | undefined;
  const methods = () => (service ??= create()).methods;
  return {
    ask: (asked) => methods().ask(asked),
    markets: (asked) => methods().ask(asked) as Promise<readonly MarketRecord[]>,
    completeToMs: () => Promise.resolve(methods().completeToMs()),
    async close() {
      const closing = service;
      // Like a thread it is made anew by the next question.
      service = undefined;
      await closing?.onClose?.();
    },
  };
}

/** @param address of the database that is read, for what is told when the thread dies */
export function openQueryThread(file: URL, workerData: unknown, address: string): Thread<QueryMethods> {
  return openThread<QueryMethods>(file, {
    workerData,
    crashError: (cause) =>
      new StoreError('unavailable', `a thread that reads ${address} ended unexpectedly`, {
        advice: 'ask again',
        cause,
      }),
  });
}

/**
 * The questions. Searches are asked in a thread, which is started by the first one: what is looked up by a name or an id
 * does not wait behind them.
 * @param isReplica it reads where nothing is written
 */
export function createQueries(thread: Thread<QueryMethods>, lookups: Lookups, isReplica = false): Queries {
  let isStarted = false;
  let changed: Set<number> | 'all' | null = null;
  let timer: NodeJS.Timeout | null = null;

  const tell = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const ids = changed === null ? [] : changed === 'all' ? changed : [...changed];
    changed = null;
    thread.call('changed', ids).catch(() => undefined);
  };
  const asked = <K extends Question>(question: K, args: Parameters<Queries[K]>): Asked<K> => ({
    ...{ question, args },
    gone: goneOf(asker.getStore()),
  });
  const ask =
    <K extends Question>(question: K) =>
    (...args: Parameters<Queries[K]>) => {
      isStarted = true;
      // Who writes and asks is told what was written.
      if (timer !== null) tell();
      return thread.call('ask', asked(question, args)) as ReturnType<Queries[K]>;
    };
  const lookUp =
    <K extends Question>(question: K) =>
    (...args: Parameters<Queries[K]>) =>
      lookups.ask(asked(question, args)) as ReturnType<Queries[K]>;

  return {
    systemsNamed: lookUp('systemsNamed'),
    systemById: lookUp('systemById'),
    systemsByPrefix: lookUp('systemsByPrefix'),
    systemsNear: ask('systemsNear'),
    stationsByPrefix: lookUp('stationsByPrefix'),
    stations: ask('stations'),
    stationsOffering: ask('stationsOffering'),
    markets: (ids) => lookups.markets(asked('markets', [ids])),
    marketIdsAfter: lookUp('marketIdsAfter'),
    seenMarkets: lookUp('seenMarkets'),
    profiles: lookUp('profiles'),
    items: lookUp('items'),
    prices: ask('prices'),
    trades: ask('trades'),
    hops: ask('hops'),
    spreads: ask('spreads'),
    freshness: ask('freshness'),
    ages: ask('ages'),
    map: ask('map'),
    census: ask('census'),
    economies: ask('economies'),
    changesSince: lookUp('changesSince'),
    priceReports: ask('priceReports'),
    changed(marketIds) {
      // Whoever has not been asked yet has nothing in memory.
      if (!isStarted || changed === 'all') return;
      changed ??= new Set();
      for (const id of marketIds) changed.add(id);
      timer ??= setTimeout(tell, GATHER_MS).unref();
    },
    changedAll() {
      if (!isStarted) return;
      changed = 'all';
      timer ??= setTimeout(tell, GATHER_MS).unref();
    },
    status: () => (isStarted ? thread.call('status', undefined) : Promise.resolve(null)),
    async replicaLag() {
      if (!isReplica) return null;
      const completeToMs = await (isStarted
        ? thread.call('completeToMs', undefined)
        : lookups.completeToMs());
      return { lagS: completeToMs === null ? null : Math.max(0, (Date.now() - completeToMs) / 1000) };
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await Promise.all([thread.close(), lookups.close()]);
    },
  };
}

/**
 * The thread's side.
 * @param current the engine on the database as it is now
 * @param translate what the database throws -> what the port promises
 * @param lagging where what is read is a replica
 * @returns the thread's methods, and what tells the engine what has changed
 */
export function answerQuestions(
  current: () => Promise<QueryEngine> | QueryEngine,
  translate: (error: unknown) => unknown,
  lagging: Lagging | null = null,
) {
  let engine: QueryEngine | undefined;
  const note = (changed: readonly number[] | 'all') => {
    if (changed === 'all') engine?.noteAllChanged();
    else engine?.noteChanged(changed);
  };
  async function answer<K extends Question>({ question, args, gone }: Asked<K>) {
    try {
      return await workFor(gone, async () => {
        engine = await current();
        return (engine[question] as (...args: Parameters<Queries[K]>) => ReturnType<Queries[K]>)(...args);
      });
    } catch (error) {
      throw translate(error);
    }
  }
  const methods: QueryMethods = {
    ask: answer,
    async packedMarkets(asked, { transfer }) {
      const packed = packMarkets(await answer(asked));
      transfer.push(packed.cells.buffer);
      return packed;
    },
    changed(marketIds) {
      if (lagging === null) note(marketIds);
      else lagging.hold(marketIds);
    },
    completeToMs: () => lagging?.completeToMs ?? null,
    status: () => engine?.status() ?? Promise.resolve(null),
  };
  return { methods, note };
}
