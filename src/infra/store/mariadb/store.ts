import { nameKey } from '../../../domain/names.ts';
import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { GenerationChoice } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { ChangeLimits } from '../../../domain/ports/store/changes.ts';
import type { Log } from '../../../domain/ports/log.ts';
import type { WholeStore } from '../../../domain/ports/store/store.ts';
import { warnOfNewCategories } from '../shared/reference-tables.ts';
import { RefusalLog } from '../shared/refusals.ts';
import { createLeftOutLog } from '../shared/seed-items.ts';
import { needsMemory } from '../../../domain/market/write-rule.ts';
import { localNotAfterS } from '../../process/real-time.ts';
import { Loading } from './bulk.ts';
import { Stoppable } from '../shared/stoppable.ts';
import { noOwnTables } from '../shared/tokens.ts';
import { changeLogOf, NO_CHANGE_LOG, type ChangeLog } from './change-log.ts';
import { addressOf, createPool, type Link, type MariadbConnection, type Pool } from './connection.ts';
import { demoteStations } from './export/demote.ts';
import { createFence, UNFENCED, type Epoch } from './leadership/fence.ts';
import { openDatabase, type Recognised } from './database.ts';
import { toStoreError } from './errors.ts';
import { inSnapshot, readLog, readStationIds, writeChanges, writeListings } from './export/listings.ts';
import { writeSet } from './export/set.ts';
import { learn } from './galaxy/learn.ts';
import { openOwnTables } from './galaxy/own-tables.ts';
import { beginImport } from './galaxy/running-import.ts';
import { checkTimes, purge } from './housekeeping/purge.ts';
import { readStats } from './housekeeping/stats.ts';
import { seedCatalogue } from './markets/items.ts';
import type { LockTuning } from './markets/locks.ts';
import { PriceWriter } from './markets/prices.ts';
import { findSystems } from './markets/systems.ts';
import { writeMarkets } from './markets/write-markets.ts';
import { putAggregate, readAggregates, removeAggregate } from './aggregates.ts';
import { addToken, readTokens, removeToken } from './tokens.ts';

export interface MariadbStoreOptions {
  readonly connection: MariadbConnection;
  readonly generation: GenerationChoice;
  readonly lock: LockTuning;
  readonly log?: Log;
  /** Whether tables of our own are made, by the first record that is learned, and used; default true. */
  readonly ownTables?: boolean;
  /** How long the change log is kept; default: none is. */
  readonly changeLog?: ChangeLimits | null;
  /** With what this daemon leads: dumps are imported, stations demoted and rows purged with it only. Absent: it is alone. */
  readonly lease?: Epoch;
  /** Makes and changes nothing; a database without tables is an error, `empty`. */
  readonly looksOnly?: boolean;
  /** Nobody has observed anything later, epoch seconds. Default: by the local clock. */
  readonly notAfterS?: () => number;
  /** A statement without an answer for so long means that the server is frozen: its connection is given up. */
  readonly statementTimeoutMs?: number;
}

const STATEMENT_TIMEOUT_MS = 20_000;

/**
 * A Trade Dangerous database on a MariaDB server, shared with other writers that take its advisory locks.
 *
 * Two connections are pinned for writing, another one for an import: advisory locks belong to them. Everything else
 * borrows from a small pool. After an error that cost a connection, the next call connects anew and looks at the database
 * again.
 */
export function createMariadbStore(options: MariadbStoreOptions): WholeStore {
  const { connection, lock, log, ownTables = true, looksOnly = false } = options;
  const { changeLog = null, notAfterS = localNotAfterS, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const address = addressOf(connection);
  const loading = new Loading();
  const prices = new PriceWriter();
  const tellLeftOut = createLeftOutLog(log);
  const refusals = new RefusalLog(log);
  const running = new Stoppable(address);
  const fenced = options.lease === undefined ? UNFENCED : createFence(options.lease);
  // A database put in this one's place must be of the same generation, for what is published depends on it.
  let choice = options.generation;
  let catalogue: ReadonlyMap<number, Commodity> = new Map();
  let pool: Pool | undefined;
  let writers: Link[] = [];
  let opening: Promise<Recognised> | undefined;
  /** Told once: by the next `open`. */
  let created = false;
  /** Kept as soon as there are own tables, by what is under way, too. */
  let changes: ChangeLog = NO_CHANGE_LOG;
  let writes: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<Link> {
    pool ??= createPool(connection, statementTimeoutMs);
    return pool.acquire();
  }

  async function writerAt(index: number): Promise<Link> {
    const pinned = writers[index];
    if (pinned !== undefined && !pinned.lost) return pinned;
    return (writers[index] = await connect());
  }

  async function recogniseOnce(): Promise<Recognised> {
    const link = await connect();
    try {
      const recognised = await openDatabase(link, choice, address, { ownTables, looksOnly });
      choice = recognised.info.generation;
      created ||= recognised.info.created;
      changes = changeLogOf(changeLog, recognised);
      return recognised;
    } finally {
      link.release();
    }
  }

  function ready(): Promise<Recognised> {
    opening ??= recogniseOnce().catch((error: unknown) => {
      // Also where only somebody was in the way: the next call would be told of it for ever.
      opening = undefined;
      throw error;
    });
    return opening;
  }

  /** Opens first; translates what server and driver throw. Unless all is well the next call looks anew. */
  async function guarded<T>(run: (recognised: Recognised) => Promise<T>): Promise<T> {
    try {
      return await run(await ready());
    } catch (error) {
      const translated = toStoreError(error, `MariaDB at ${address}`);
      if (translated instanceof StoreError && translated.code !== 'busy') opening = undefined;
      throw translated;
    }
  }

  function borrowing<T>(run: (link: Link, recognised: Recognised) => Promise<T>): Promise<T> {
    return guarded(async (recognised) => {
      const link = await connect();
      try {
        return await run(link, recognised);
      } finally {
        link.release();
      }
    });
  }

  /** Makes the tables of our own where they are not there. @returns `none` where none are used */
  async function useOwnTables(recognised: Recognised): Promise<'made' | 'there' | 'none'> {
    if (!ownTables || recognised.hasOwnTables) return recognised.hasOwnTables ? 'there' : 'none';
    const found = await openOwnTables(await writerAt(0), 'make');
    const withOwn = { ...recognised, hasOwnTables: true };
    changes = changeLogOf(changeLog, withOwn);
    opening = Promise.resolve(withOwn);
    return found === 0 ? 'made' : 'there';
  }

  /** One at a time: each pinned connection has one transaction. */
  function inTurn<T>(run: (recognised: Recognised) => Promise<T>): Promise<T> {
    const result = writes.then(() => guarded(run));
    writes = result.catch(() => undefined);
    return result;
  }

  /**
   * Runs something long until it is done, its caller's signal is aborted, or the store is closed.
   *
   * @param own the connection for it; else it borrows one
   */
  function stoppable<T>(
    signal: AbortSignal | undefined,
    run: (link: Link, signal: AbortSignal, recognised: Recognised) => Promise<T>,
    own?: Link,
  ): Promise<T> {
    return running.run(signal, (stop) =>
      guarded(async (recognised) => {
        const link = own ?? (await connect());
        // Whatever statement runs: the server rolls back when it finds nobody there.
        const drop = () => link.destroy();
        stop.addEventListener('abort', drop);
        try {
          const result = await run(link, stop, recognised);
          if (own === undefined) link.release();
          return result;
        } catch (error) {
          // A transaction may be open on it.
          link.destroy();
          throw error;
        } finally {
          stop.removeEventListener('abort', drop);
        }
      }),
    );
  }

  return {
    open: () =>
      guarded(({ info }) => {
        const told = { ...info, created };
        created = false;
        return Promise.resolve(told);
      }),

    useCatalogue(commodities) {
      catalogue = new Map(commodities.map((commodity) => [commodity.id, commodity]));
      return borrowing(async (link, { maxStatementBytes }) => {
        warnOfNewCategories(log, await seedCatalogue(link, commodities, maxStatementBytes));
      });
    },

    writeMarkets(batch) {
      const result = inTurn(async (recognised) => {
        const hasOwnTables =
          (needsMemory(batch) && (await useOwnTables(recognised)) !== 'none') || recognised.hasOwnTables;
        const { info, maxStatementBytes } = recognised;
        const write = (withOwn: boolean) =>
          writeMarkets(writerAt, batch, {
            ...{ generation: info.generation, maxStatementBytes, hasOwnTables: withOwn, changes, prices },
            ...{ catalogue, loading, lock, log, notAfterS: notAfterS() },
          });
        const outcomes = await write(hasOwnTables);
        if (hasOwnTables || outcomes.every(({ status }) => status !== 'unconfirmed')) return outcomes;
        // Again, now that there is a place to remember it; what was written stays as it is.
        return (await useOwnTables(recognised)) !== 'none' ? write(true) : outcomes;
      });
      void result.then(tellLeftOut, () => undefined);
      return result;
    },

    learn: (records) =>
      inTurn(async (recognised) => {
        if (!ownTables) return { madeTables: false, systems: [], deferred: [] };
        const link = await writerAt(0);
        const madeTables = (await useOwnTables(recognised)) === 'made';
        const { info, maxStatementBytes } = recognised;
        const learned = await learn(
          {
            ...{ link, generation: info.generation, notAfterS: notAfterS(), maxStatementBytes },
            ...{ changes, loading, lock, refusals, log },
          },
          records,
        );
        return { madeTables, ...learned };
      }),

    beginChangeLog: () =>
      inTurn(async (recognised) => (changeLog === null ? 'none' : useOwnTables(recognised))),

    knownSystems: (names) =>
      borrowing(async (link) => {
        const systems = await findSystems(link, names);
        return new Set(names.filter((name) => systems.has(nameKey(name))));
      }),

    stats: () => stoppable(undefined, readStats),

    exportListings: (scope, sink, signal) =>
      stoppable(signal, (link, stop) => inSnapshot(link, () => writeListings(link, scope, sink, stop))),

    checkTimes: ({ repair }) =>
      stoppable(undefined, (link, _, { info }) => {
        const check = () => checkTimes(link, info.generation, notAfterS(), repair, changes);
        return repair ? fenced(link, check) : check();
      }),

    purge: (purging) =>
      stoppable(purging.signal, (link, stop) => fenced(link, () => purge(link, purging, stop, changes))),

    isEmpty: () => borrowing(async (link) => (await link.rows('SELECT 1 FROM Station LIMIT 1')).length === 0),

    async beginImport(tables, signal) {
      const link = await guarded(connect);
      const setup = { link, changes: () => changes, prices, notAfterS, loading, lock, log };
      return beginImport(setup, tables, signal, stoppable, fenced);
    },

    exportSet: (open, signal, parts) =>
      stoppable(signal, (link, stop, { info: { generation } }) =>
        inSnapshot(link, () => writeSet(link, generation, open, stop, parts)),
      ),

    exportChanges: (since, sink, signal) =>
      stoppable(signal, (link, stop) => inSnapshot(link, () => writeChanges(link, since, sink, stop))),

    changePosition: () => borrowing(async (link) => (await readLog(link))?.position ?? null),

    liveStations: (signal) =>
      stoppable(signal, async (link) => BigInt64Array.from(await readStationIds(link, 'live'), BigInt)),

    demote: (stations, signal) =>
      stoppable(signal, (link, stop) => fenced(link, () => demoteStations(link, stations, log, stop))),

    aggregates: (kind) => borrowing((link) => readAggregates(link, kind)),

    putAggregate: (aggregate) =>
      inTurn(async (recognised) => {
        if ((await useOwnTables(recognised)) === 'none') throw noOwnTables();
        return putAggregate(await writerAt(0), aggregate);
      }),

    removeAggregate: (kind, id) => borrowing((link) => removeAggregate(link, kind, id)),

    tokens: () => borrowing(readTokens),

    addToken: (token) =>
      inTurn(async (recognised) => {
        if ((await useOwnTables(recognised)) === 'none') throw noOwnTables();
        return addToken(await writerAt(0), token);
      }),

    removeToken: (name) => borrowing((link) => removeToken(link, name)),

    async close() {
      await running.stop();
      await writes;
      await pool?.close();
      writers = [];
      pool = opening = undefined;
    },
  };
}
