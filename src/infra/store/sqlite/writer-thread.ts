import { workerData } from 'node:worker_threads';
import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { GenerationChoice } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { PublishedStation, RareCommodity, ReferenceTables } from '../../../domain/ports/galaxy-store.ts';
import type { GalaxyRecord } from '../../../domain/galaxy/records.ts';
import type { StoreInfo } from '../../../domain/ports/market-store.ts';
import type { Snapshot } from '../../../domain/market/snapshot.ts';
import type { DumpRecords } from '../../../domain/spansh/records.ts';
import { formatTimestamp } from '../../../domain/timestamp.ts';
import { serveThread } from '../../threads/rpc.ts';
import { openDatabase, transact, type Database } from './database.ts';
import { demoteStations } from './export/demote.ts';
import { isConnectionLost, toStoreError } from './errors.ts';
import { createLearner } from './galaxy/learn.ts';
import { openOwnTables } from './galaxy/own-tables.ts';
import { finishTables, writeReferenceTables } from './galaxy/tables.ts';
import { createItems, seedCatalogue, type Items } from './markets/items.ts';
import { createSystemLookup, systemKey } from './markets/systems.ts';
import { createGalaxyWriter } from './galaxy/stations.ts';
import { createMarketWriter } from './markets/write-markets.ts';

/** What the store starts this thread with. */
export interface WriterData {
  readonly file: string;
  readonly choice: GenerationChoice;
  /** Whether tables of our own are made and used. */
  readonly ownTables: boolean;
  /** The store's newest: what a thread that is started again begins with. */
  commodities: readonly Commodity[];
}

/** Rows looked at in one purge transaction: some 0.1 s, in which writes wait. */
const PURGE_ROWS = 5_000;

/** Pages moved in one vacuum transaction: some 0.1 s, in which writes wait. */
const VACUUM_PAGES = 2_000;

let { choice, commodities } = workerData as WriterData;
const { file, ownTables } = workerData as WriterData;

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

let session: Session | undefined;
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
  const database = openDatabase(file, choice);
  // A database put in this one's place must be of the same generation, for what is published depends on it.
  choice = database.info.generation;
  created ||= database.info.created;
  const { db, info } = database;
  const items = createItems(db, commodities);
  const learner = ownTables && openOwnTables(db, false) > 0 ? createLearner(db, info.generation) : undefined;
  const writeMarkets = createMarketWriter(db, info.generation, items, learner?.states);
  return (session = { ...database, items, learner, writeMarkets, lookUpSystems: createSystemLookup(db) });
}

function closeSession(): void {
  session?.db.close();
  session = undefined;
}

function prepareMarkets(current: Session): void {
  const { db, info, items, learner } = current;
  current.writeMarkets = createMarketWriter(db, info.generation, items, learner?.states);
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

  learn: method((records: readonly GalaxyRecord[], current) => {
    if (!ownTables) return { madeTables: false, systems: [], refused: [] };
    const madeTables = current.learner === undefined && openOwnTables(current.db, true) === 0;
    if (current.learner === undefined) {
      current.learner = createLearner(current.db, current.info.generation);
      prepareMarkets(current);
      delete current.writeGalaxy;
    }
    return { madeTables, ...current.learner.learn(records) };
  }),

  writeMarkets: method((batch: readonly Snapshot[], { writeMarkets }) => writeMarkets(batch)),

  knownSystems: method((names: readonly string[], { lookUpSystems }) => {
    const systems = lookUpSystems(names);
    return new Set(names.filter((name) => systems.get(systemKey(name))?.length === 1));
  }),

  isEmpty: method((_: undefined, { db }) => db.prepare('SELECT 1 FROM Station LIMIT 1').get() === undefined),

  writeReferenceTables: method((tables: ReferenceTables, { db, info }) =>
    writeReferenceTables(db, info.generation, tables),
  ),

  writeGalaxy: method((part: DumpRecords, current) => {
    current.writeGalaxy ??= createGalaxyWriter(current.db, current.info.generation, current.learner?.states);
    return current.writeGalaxy(part);
  }),

  finishTables: method((rares: readonly RareCommodity[] | null, { db, info }) => {
    finishTables(db, info.generation, rares);
  }),

  demote: method((published: readonly PublishedStation[], { db }) => demoteStations(db, published)),

  countOlder: method((olderThanS: number, { db }) => {
    const count = db.prepare('SELECT COUNT(*) AS n FROM StationItem WHERE modified < ?');
    return Number(count.get(formatTimestamp(olderThanS))?.n);
  }),

  /** Deletes the old rows of some stations, of each all: an export in between sees whole stations. 0 = done. */
  purgeBatch: method((olderThanS: number, { db }) => {
    const before = formatTimestamp(olderThanS);
    const select = db.prepare(
      `SELECT DISTINCT station_id FROM
       (SELECT station_id FROM StationItem WHERE modified < ? ORDER BY modified LIMIT ${PURGE_ROWS})`,
    );
    select.setReadBigInts(true);
    const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ? AND modified < ?');
    return transact(db, () =>
      select
        .all(before)
        .reduce((sum, row) => sum + Number(remove.run(row.station_id ?? null, before).changes), 0),
    );
  }),

  /** Renews what the query planner knows of each table that has changed much. */
  analyze: method((_: undefined, { db }) => db.exec('PRAGMA optimize = 0x10002')),

  /** Gives some free pages back to the file system. @returns how many are left to give; 0 also where none can be */
  vacuumStep: method((_: undefined, { db }) => {
    const free = () => Number(db.prepare('PRAGMA freelist_count').get()?.freelist_count);
    const before = free();
    db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    const after = free();
    return after < before ? after : 0;
  }),
};

export type WriterMethods = typeof methods;

serveThread<WriterMethods>(methods, closeSession);
