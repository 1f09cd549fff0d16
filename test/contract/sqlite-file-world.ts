import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import type { GenerationChoice } from '../../src/domain/generation.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { COMMODITIES, FUEL_ROW, GOLD_ROW, LINCOLN, STRANGER, snapshot } from './store-world.ts';

/** The file of a database, in a directory of its own, and stores on it, which are closed after each test. */
export class SqliteFile {
  readonly #stores: WholeStore[] = [];
  parent = '';
  directory = '';

  get file(): string {
    return join(this.directory, 'TradeDangerous.db');
  }

  async make(): Promise<void> {
    this.parent = tempDir();
    this.directory = join(this.parent, 'data');
    await mkdir(this.directory);
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.splice(0).map((store) => store.close()));
  }

  /** @param looksOnly makes and changes nothing */
  openStore(generation: GenerationChoice = 'auto', looksOnly = false): WholeStore {
    const store = createSqliteStore({ file: this.file, generation, looksOnly });
    this.#stores.push(store);
    return store;
  }

  /** Sol, Abraham Lincoln in it, and the items. */
  async seededStore(): Promise<WholeStore> {
    const store = this.openStore();
    await store.useCatalogue(COMMODITIES);
    this.sql(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`);
    this.sql(
      `INSERT INTO Station (station_id, name, system_id) VALUES (${LINCOLN.marketId}, 'Abraham Lincoln', 1)`,
    );
    return store;
  }

  sql(statement: string) {
    using db = new DatabaseSync(this.file);
    return db.prepare(statement).all();
  }
}

/** One for each test. */
export function useSqliteFile(): SqliteFile {
  const at = new SqliteFile();
  beforeEach(() => at.make());
  afterEach(() => at.close());
  return at;
}

export function writeManyStations(store: WholeStore) {
  const markets = Array.from({ length: 3_000 }, (_, i) => ({
    ...STRANGER,
    systemName: 'Sol',
    marketId: 5_000 + i,
  }));
  return store.writeMarkets(markets.map((market) => snapshot([GOLD_ROW, FUEL_ROW], market)));
}

/** What it is rejected with; undefined: it is not. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
