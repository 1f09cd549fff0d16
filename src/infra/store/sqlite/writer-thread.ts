import { nameKey } from '../../../domain/names.ts';
import type { Token } from '../../../domain/access.ts';
import type { Aggregate } from '../../../domain/ports/store/aggregate-store.ts';
import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { GenerationChoice } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type {
  PublishedStation,
  RareCommodity,
  ReferenceTables,
} from '../../../domain/ports/store/galaxy-store.ts';
import type { GalaxyRecord } from '../../../domain/galaxy/records.ts';
import type { ChangeLimits } from '../../../domain/ports/store/changes.ts';
import type { StoreInfo } from '../../../domain/ports/store/market-store.ts';
import type { Snapshot } from '../../../domain/market/snapshot.ts';
import { needsMemory } from '../../../domain/market/write-rule.ts';
import type { DumpRecords } from '../../../domain/spansh/records.ts';
import { threadModule } from '../../threads/rpc.ts';
import { noOwnTables } from '../shared/tokens.ts';
import { createChangeLog, NOTE_NOTHING } from './change-log.ts';
import { openDatabase, transact, type Database } from './database.ts';
import { demoteStations } from './export/demote.ts';
import { readLog } from './export/listings.ts';
import { isConnectionLost, toStoreError } from './errors.ts';
import { createLearner } from './galaxy/learn.ts';
import { openOwnTables } from './galaxy/own-tables.ts';
import { analyze, vacuumStep } from './housekeeping/optimize.ts';
import { checkTimes, countOlder, purgeBatch } from './housekeeping/purge.ts';
import { finishTables, writeReferenceTables } from './galaxy/tables.ts';
import { createItems, seedCatalogue, type Items } from './markets/items.ts';
import { createSystemLookup } from './markets/systems.ts';
import { createGalaxyWriter } from './galaxy/stations.ts';
import { createMarketWriter } from './markets/write-markets.ts';
import { putAggregate, readAggregates, removeAggregate } from './aggregates.ts';
import { addToken, readTokens, removeToken } from './tokens.ts';

/** What the store starts this thread with. */
export interface WriterData {
  readonly file: string;
  readonly choice: GenerationChoice;
  /** Whether tables of our own are made and used. */
  readonly ownTables: boolean;
  /** Null: no change log is kept. */
  readonly changeLog: ChangeLimits | null;
  /** Nothing is made or changed. */
  readonly looksOnly: boolean;
  /** The store's newest: what a thread that is started again begins with. */
  commodities: readonly Commodity[];
}

/** What is written, and when: nobody has observed anything later than that. */
interface Written<T> {
  readonly written: T;
  readonly notAfterS: number;
}

type Learner = ReturnType<typeof createLearner>;

interface Session extends Database {
  readonly lookUpSystems: ReturnType<typeof createSystemLookup>;
  items: Items;
  writeMarkets: ReturnType<typeof createMarketWriter>;
  /** Where the tables of our own are there. */
  learner: Learner | undefined;
  /** Made by the first import. */
  writeGalaxy?: ReturnType<typeof createGalaxyWriter>;
}

function createWriter(data: WriterData) {
  let { choice, commodities } = data;
  const { file, ownTables, changeLog, looksOnly } = data;

  let session: Session | undefined;
  /** Nobody has observed anything later, epoch seconds: told with every call that writes. */
  let notAfterS = Infinity;
  const latestS = () => notAfterS;
  /** Told once: by the next `open`. */
  let created = false;

  function openSession(): Session {
    if (session !== undefined && !session.isInPlace()) {
      closeSession();
      throw new StoreError('unavailable', `${file} was moved or removed while it was in use`, {
        advice: 'it is opened anew, and made anew if it is not there',
      });
    }
    if (session !== undefined) return session;
    const database = openDatabase(file, choice, looksOnly);
    // A database put in this one's place must be of the same generation, for what is published depends on it.
    choice = database.info.generation;
    created ||= database.info.created;
    const { db, info } = database;
    const items = createItems(db, commodities);
    const hasOwnTables = ownTables && openOwnTables(db, looksOnly ? 'look' : 'update') > 0;
    const learner = hasOwnTables && !looksOnly ? learnerOf(database) : undefined;
    const writeMarkets = createMarketWriter(db, info.generation, items, latestS, learner);
    return (session = { ...database, items, learner, writeMarkets, lookUpSystems: createSystemLookup(db) });
  }

  function learnerOf({ db, info }: Database): Learner {
    const note = changeLog === null ? NOTE_NOTHING : createChangeLog(db, changeLog);
    return createLearner(db, info.generation, latestS, note);
  }

  function closeSession(): void {
    session?.db.close();
    session = undefined;
  }

  function prepareMarkets(current: Session): void {
    const { db, info, items, learner } = current;
    current.writeMarkets = createMarketWriter(db, info.generation, items, latestS, learner);
  }

  /** @returns whether the tables of our own were made */
  function useOwnTables(current: Session): boolean {
    if (!ownTables || current.learner !== undefined) return false;
    const madeTables = openOwnTables(current.db, 'make') === 0;
    current.learner = learnerOf(current);
    prepareMarkets(current);
    delete current.writeGalaxy;
    return madeTables;
  }

  /** Opens first, and translates what SQLite throws. After an error of the file the next call opens it anew. */
  function method<I, O>(run: (input: I, session: Session) => O): (input: I) => O {
    return (input) => {
      try {
        return run(input, openSession());
      } catch (error) {
        if (isConnectionLost(error)) closeSession();
        throw toStoreError(error, file);
      }
    };
  }

  const methods = {
    open: method((_: undefined, { info }): StoreInfo => {
      const told = { ...info, created };
      created = false;
      return told;
    }),

    useCatalogue: method((list: readonly Commodity[], current) => {
      commodities = list;
      const added = seedCatalogue(current.db, list);
      current.items = createItems(current.db, list);
      prepareMarkets(current);
      return added;
    }),

    learn: method((input: Written<readonly GalaxyRecord[]>, current) => {
      notAfterS = input.notAfterS;
      const madeTables = useOwnTables(current);
      const nothing = { systems: [], refused: [] };
      return { madeTables, ...(current.learner?.learn(input.written) ?? nothing) };
    }),

    writeMarkets: method((input: Written<readonly Snapshot[]>, current) => {
      notAfterS = input.notAfterS;
      if (needsMemory(input.written)) useOwnTables(current);
      const { learner } = current;
      const outcomes = current.writeMarkets(input.written);
      if (learner !== undefined || outcomes.every(({ status }) => status !== 'unconfirmed')) return outcomes;
      // Again, now that there is a place to remember it; what was written stays as it is.
      useOwnTables(current);
      return current.writeMarkets(input.written);
    }),

    beginChangeLog: method((_: undefined, current) => {
      if (changeLog === null) return 'none';
      const madeTables = useOwnTables(current);
      return current.learner === undefined ? 'none' : madeTables ? 'made' : 'there';
    }),

    changePosition: method((_: undefined, { db }) => readLog(db)?.position ?? null),

    knownSystems: method((names: readonly string[], { lookUpSystems }) => {
      const systems = lookUpSystems(names);
      return new Set(names.filter((name) => systems.has(nameKey(name))));
    }),

    isEmpty: method(
      (_: undefined, { db }) => db.prepare('SELECT 1 FROM Station LIMIT 1').get() === undefined,
    ),

    writeReferenceTables: method((tables: ReferenceTables, { db, info }) =>
      writeReferenceTables(db, info.generation, tables),
    ),

    writeGalaxy: method((input: Written<DumpRecords>, current) => {
      notAfterS = input.notAfterS;
      const { db, info, learner } = current;
      current.writeGalaxy ??= createGalaxyWriter(db, info.generation, latestS, learner);
      return current.writeGalaxy(input.written);
    }),

    finishTables: method((rares: readonly RareCommodity[] | null, { db, info, learner }) => {
      finishTables(db, info.generation, rares);
      if (learner !== undefined) transact(db, () => learner.vendors.settleAll());
    }),

    demote: method((published: readonly PublishedStation[], { db }) => demoteStations(db, published)),

    checkTimes: method((input: { readonly notAfterS: number; readonly repair: boolean }, current) => {
      const { db, info, learner } = current;
      return checkTimes(db, info.generation, input.notAfterS, input.repair, learner?.note ?? NOTE_NOTHING);
    }),

    aggregates: method((kind: string, { db }) => readAggregates(db, kind)),
    putAggregate: method((aggregate: Aggregate, current) => {
      if (!ownTables) throw noOwnTables();
      useOwnTables(current);
      return putAggregate(current.db, aggregate);
    }),
    removeAggregate: method(({ kind, id }: Pick<Aggregate, 'kind' | 'id'>, { db }) =>
      removeAggregate(db, kind, id),
    ),

    tokens: method((_: undefined, { db }) => readTokens(db)),
    addToken: method((token: Token, current) => {
      if (!ownTables) throw noOwnTables();
      useOwnTables(current);
      return addToken(current.db, token);
    }),
    removeToken: method((name: string, { db }) => removeToken(db, name)),

    countOlder: method((olderThanS: number, { db }) => countOlder(db, olderThanS)),
    purgeBatch: method((olderThanS: number, { db, learner }) =>
      purgeBatch(db, olderThanS, learner?.note ?? NOTE_NOTHING),
    ),
    analyze: method((_: undefined, { db }) => analyze(db)),
    vacuumStep: method((_: undefined, { db }) => vacuumStep(db)),
  };

  return { methods, onClose: closeSession };
}

export type WriterMethods = ReturnType<typeof createWriter>['methods'];

export default threadModule(createWriter);
