import { setTimeout as sleep } from 'node:timers/promises';
import type { Generation } from '../../../../domain/generation.ts';
import { StoreError } from '../../../../domain/errors.ts';
import type {
  ImportCounts,
  RareCommodity,
  ReferenceTables,
} from '../../../../domain/ports/store/galaxy-store.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import { BatchRows, stationSize } from '../../../../domain/spansh/batch.ts';
import type { Known } from '../../../../domain/spansh/known.ts';
import type { DumpRecords, StagedStation, SystemRow } from '../../../../domain/spansh/records.ts';
import { BulkWriter, type Loading } from '../bulk.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { refusalOf, type RowFault } from '../errors.ts';
import { inSnapshot } from '../export/listings.ts';
import { warnOfNewCategories } from '../../shared/reference-tables.ts';
import { RefusalLog, type Refusal } from '../../shared/refusals.ts';
import { settleVendors, stationsAwaited } from './waiting-vendors.ts';
import {
  itemRows,
  readItemCategories,
  renumberItems,
  writeCategories,
  writeEdcdTables,
  writeRares,
} from './tables.ts';
import type { PriceWriter } from '../markets/prices.ts';
import { writeStations, type StationCounts } from './stations.ts';
import { writeSystems } from './systems.ts';
import { readCategories } from '../markets/items.ts';
import { readKnown } from './known.ts';
import {
  IMPORT_LOCK,
  underLocks,
  untilAllDone,
  type LockTuning,
  type StationWork,
} from '../markets/locks.ts';
import { writeApart } from '../write-apart.ts';
import { SmallTable, type SmallTableSetup } from './small-table.ts';

/** A connection of ours that was dropped a moment ago may still hold it. */
const IMPORT_LOCK_WAIT_MS = 1_000;

const PAUSE_MS = 250;

export interface ImportSetup {
  /** Its own connection, with the locks of the import. */
  readonly link: Link;
  readonly generation: Generation;
  readonly maxStatementBytes: number;
  readonly hasOwnTables: boolean;
  /** As it is at this moment. */
  readonly changes: () => ChangeLog;
  readonly prices: PriceWriter;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: () => number;
  readonly loading: Loading;
  readonly lock: LockTuning;
  readonly log: Log | undefined;
}

/** What the calls of an import share. A call that throws leaves nothing that could be carried on with. */
export class ImportWork {
  readonly generation: Generation;
  readonly categories: readonly string[];
  readonly itemCategories: ReadonlyMap<number, string>;
  readonly #setup: ImportSetup;
  readonly #categoryIds: ReadonlyMap<string, number>;
  readonly #rares: readonly RareCommodity[] | null;
  readonly #items: SmallTable;
  readonly #ships: SmallTable;
  readonly #upgrades: SmallTable | null;
  readonly #refusals: RefusalLog;
  /** Of the call at hand. */
  readonly #refused: Refusal[];
  readonly #bulk: BulkWriter;
  #deferredSystems: readonly SystemRow[] = [];
  #deferred: readonly StagedStation[] = [];
  #written = { stations: 0, markets: 0, marketRows: 0, vendors: 0 };

  /** @throws StoreError `busy`: another import is running; `refused`: the categories are not Trade Dangerous' ones */
  static async begin(setup: ImportSetup, tables: ReferenceTables): Promise<ImportWork> {
    const { link, generation } = setup;
    const [[got] = []] = await link.rows(
      `SELECT GET_LOCK(${IMPORT_LOCK}, ${IMPORT_LOCK_WAIT_MS / 1000})`,
      IMPORT_LOCK_WAIT_MS + link.timeoutMs,
    );
    if (Number(got) !== 1) {
      throw new StoreError('busy', 'another program imports into this database', {
        advice: 'wait until it has ended; it is tried again',
      });
    }
    const { categories, added } = await writeCategories(link, tables, setup.maxStatementBytes);
    warnOfNewCategories(setup.log, added);
    const refused: Refusal[] = [];
    const refusals = new RefusalLog(setup.log);
    const small: SmallTableSetup = { ...setup, onRefused: (refusal) => refused.push(refusal) };
    await writeEdcdTables(small, generation, tables);
    const itemCategories = await readItemCategories(link, tables);
    const begun = {
      categories,
      itemCategories,
      categoryIds: await readCategories(link),
      rares: tables.rares,
    };
    const work = new ImportWork(setup, begun, refused, refusals, {
      items: await SmallTable.read(small, 'Item', ['item_id', 'fdev_id', 'name', 'category_id']),
      ships: await SmallTable.read(small, 'Ship', ['ship_id', 'name']),
      upgrades:
        generation === 'v12'
          ? await SmallTable.read(small, 'Upgrade', ['upgrade_id', 'name', 'class', 'rating', 'ship'])
          : null,
    });
    if (generation === 'v13' && tables.commodities !== null) {
      const commodities = tables.commodities.filter(({ rare }) => !rare);
      await work.#items.write(itemRows(commodities, work.#categoryIds));
    }
    // EDCD has rows that the checks of a table never let in.
    const found = refused.splice(0);
    refusals.tell(found);
    refused.push(...found.filter(({ isInvalid }) => !isInvalid));
    return work;
  }

  private constructor(
    setup: ImportSetup,
    begun: {
      readonly categories: readonly string[];
      readonly itemCategories: ReadonlyMap<number, string>;
      readonly categoryIds: ReadonlyMap<string, number>;
      readonly rares: readonly RareCommodity[] | null;
    },
    refused: Refusal[],
    refusals: RefusalLog,
    tables: { items: SmallTable; ships: SmallTable; upgrades: SmallTable | null },
  ) {
    this.#setup = setup;
    this.#bulk = new BulkWriter(setup.link, setup.maxStatementBytes, setup.loading);
    this.generation = setup.generation;
    this.categories = begun.categories;
    this.itemCategories = begun.itemCategories;
    this.#categoryIds = begun.categoryIds;
    this.#rares = begun.rares;
    this.#refused = refused;
    this.#refusals = refusals;
    this.#items = tables.items;
    this.#ships = tables.ships;
    this.#upgrades = tables.upgrades;
  }

  known(): Promise<Known> {
    const { link, generation, hasOwnTables } = this.#setup;
    return inSnapshot(link, () => readKnown(link, generation, hasOwnTables));
  }

  async apply({ systems, stations, items, ships, upgrades }: DumpRecords): Promise<ImportCounts> {
    const { link, generation, hasOwnTables, prices } = this.#setup;
    if (hasOwnTables) await prices.prepare(link, generation);
    await this.#items.write(itemRows(items, this.#categoryIds));
    await this.#ships.write(ships.map(({ id, name }) => [id, name]));
    await this.#upgrades?.write(
      upgrades.map(({ id, name, class: size, rating, ship }) => [id, name, size, rating, ship]),
    );
    const rows = new BatchRows();
    for (const system of [...this.#deferredSystems, ...systems]) rows.addSystem(system);
    const systemsWritten = await this.#writeSystems(rows.systems);
    for (const station of [...this.#deferred, ...stations]) rows.addStation(station);
    const sorted = rows.stations.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#deferred = await underLocks(this.#work(), sorted, 0);
    return this.#told(systemsWritten);
  }

  async finish(signal: AbortSignal): Promise<ImportCounts> {
    const { link, generation, hasOwnTables } = this.#setup;
    for (const table of [this.#items, this.#ships, this.#upgrades]) {
      while (table?.isWritten === false) {
        await sleep(PAUSE_MS, undefined, { signal });
        await table.write([]);
      }
    }
    let systemsWritten = 0;
    while (this.#deferredSystems.length > 0) {
      await sleep(PAUSE_MS, undefined, { signal });
      systemsWritten += await this.#writeSystems(this.#deferredSystems);
    }
    await untilAllDone(this.#work(), this.#deferred, signal);
    this.#deferred = [];
    if (hasOwnTables) await this.#settleVendors(signal);
    await renumberItems(link);
    if (this.#rares !== null) await writeRares(link, generation, this.#rares);
    return this.#told(systemsWritten);
  }

  /** Idempotent. The connection can be used for other things then. */
  async end(): Promise<void> {
    await this.#setup.link.rows(`SELECT RELEASE_LOCK(${IMPORT_LOCK})`);
  }

  async #writeSystems(systems: readonly SystemRow[]): Promise<number> {
    const { link, generation, maxStatementBytes, notAfterS, changes, lock, log } = this.#setup;
    let written = 0;
    const held: SystemRow[] = [];
    await writeApart(
      {
        link,
        lock,
        log,
        write: async (some) => {
          written += await writeSystems(link, generation, some, maxStatementBytes, notAfterS(), changes());
        },
        giveUp: (system, fault, error) => {
          if (isHeld(fault)) held.push(system);
          else this.#refused.push(refusalOf(`system ${system.id}`, error));
        },
      },
      systems.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    this.#deferredSystems = held;
    return written;
  }

  #work(): StationWork<StagedStation> {
    return {
      link: this.#setup.link,
      idOf: ({ id }) => id,
      rowsOf: stationSize,
      run: (held) => this.#writeHeld(held),
    };
  }

  /** The feed told of shipyards and outfitters before there was a station, or the tables of their goods. */
  async #settleVendors(signal: AbortSignal): Promise<void> {
    const { link, generation, notAfterS, lock, log } = this.#setup;
    const work: StationWork<bigint> = {
      link,
      idOf: (id) => id,
      rowsOf: () => 1,
      run: async (held) => {
        const write = (some: readonly bigint[]) =>
          this.#bulk.run((rows) =>
            link.transaction(() => settleVendors(link, { generation, notAfterS: notAfterS(), rows }, some)),
          );
        const giveUp = (id: bigint, fault: RowFault, error: unknown) => {
          if (!isHeld(fault)) this.#refused.push(refusalOf(`vendors of ${id}`, error));
        };
        await writeApart({ link, lock, log, write, giveUp }, held);
        return [];
      },
    };
    await untilAllDone(work, await stationsAwaited(link), signal);
  }

  /** @returns those of which somebody else holds rows */
  async #writeHeld(stations: readonly StagedStation[]): Promise<StagedStation[]> {
    const { link, generation, hasOwnTables, changes, prices, notAfterS, lock, log } = this.#setup;
    const held: StagedStation[] = [];
    await writeApart(
      {
        link,
        lock,
        log,
        write: async (some) => {
          this.#count(
            await this.#bulk.run((rows) =>
              writeStations(
                link,
                { generation, hasOwnTables, prices, changes: changes(), notAfterS: notAfterS(), rows },
                some,
              ),
            ),
          );
        },
        giveUp: (station, fault, error) => {
          if (isHeld(fault)) held.push(station);
          else this.#refused.push(refusalOf(`station ${station.id}`, error));
        },
      },
      stations,
    );
    return held;
  }

  #count({ stations, markets, marketRows, vendors }: StationCounts): void {
    this.#written.stations += stations;
    this.#written.markets += markets;
    this.#written.marketRows += marketRows;
    this.#written.vendors += vendors;
  }

  #told(systems: number): ImportCounts {
    const refusals = this.#refusals.tell(this.#refused.splice(0));
    const counts = { systems, ...this.#written, deferred: this.#deferred.length, ...refusals };
    this.#written = { stations: 0, markets: 0, marketRows: 0, vendors: 0 };
    return counts;
  }
}

function isHeld(fault: RowFault): boolean {
  return fault === 'deadlock' || fault === 'lockWait';
}
