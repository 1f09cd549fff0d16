import { join } from 'node:path';
import type { Commodity } from '../../domain/market/catalogue.ts';
import type { Generation } from '../../domain/generation.ts';
import { describeError } from '../../domain/errors.ts';
import type {
  FDevModule,
  FDevShip,
  RareCommodity,
  ReferenceTables,
} from '../../domain/ports/store/galaxy-store.ts';
import { readCachedFiles, refreshFiles, type TableSet } from './files.ts';
import { readEdcdId, readEdcdTable, type EdcdRow } from './table.ts';

function readRare(row: EdcdRow): RareCommodity | null {
  const { symbol, market_id: marketId = '', category, name } = row;
  const id = readEdcdId(row.id);
  if (id === null || !symbol || !/^\d{1,18}$/.test(marketId) || !category || !name) return null;
  return { id, symbol, marketId: BigInt(marketId), category, name };
}

function readShip(row: EdcdRow): FDevShip | null {
  const { symbol, name, entitlement = '' } = row;
  const id = readEdcdId(row.id);
  return id === null || !symbol || !name ? null : { id, symbol, name, entitlement };
}

/** What Trade Dangerous' tables let in. */
const MOUNTS = ['Fixed', 'Gimballed', 'Turreted'];
const GUIDANCES = ['Dumbfire', 'Seeker', 'Swarm'];

/** One module has the heading in place of its mount: what is none of the words is nothing. */
const oneOf = (words: readonly string[], text = '') => (words.includes(text) ? text : '');

function readModule(row: EdcdRow): FDevModule | null {
  const { symbol, category, name, ship = '' } = row;
  const { class: size = '', rating = '', entitlement = '' } = row;
  const id = readEdcdId(row.id);
  if (id === null || !symbol || !category || !name) return null;
  const mount = oneOf(MOUNTS, row.mount);
  const guidance = oneOf(GUIDANCES, row.guidance);
  return { id, symbol, category, name, mount, guidance, ship, class: size, rating, entitlement };
}

/**
 * EDCD's tables that an import writes. One that cannot be had is taken from the cache; one that was never fetched is
 * null.
 *
 * @param source base URL or directory
 * @throws the signal's reason; nothing else
 */
export async function readReference(
  source: string,
  cacheDir: string,
  generation: Generation,
  commodities: readonly Commodity[] | null,
  signal: AbortSignal,
): Promise<{ tables: ReferenceTables; warnings: string[] }> {
  const warnings: string[] = [];

  async function table<T extends { readonly id: number }>(
    name: string,
    read: (row: EdcdRow) => T | null,
  ): Promise<T[] | null> {
    // A cache of its own for each: one that is missing does not cost the others.
    const set: TableSet = {
      cacheDir: join(cacheDir, name.replace('.csv', '')),
      names: [name],
      idsOf: (_, text) => new Set(readEdcdTable(name, text, read).rows.map(({ id }) => id)),
    };
    try {
      const { texts, cacheProblem } = await refreshFiles(source, set, signal);
      if (cacheProblem !== null) warnings.push(cacheProblem);
      return readEdcdTable(name, texts[0] ?? '', read).rows;
    } catch (error) {
      signal.throwIfAborted();
      const cached = await readCachedFiles(set);
      warnings.push(
        `${name}: ${cached === null ? 'left out of this import' : 'taken from the cache'}: ${describeError(error)}`,
      );
      return cached && readEdcdTable(name, cached[0] ?? '', read).rows;
    }
  }

  const rares = await table('rare_commodity.csv', readRare);
  const shipyard = await table('shipyard.csv', readShip);
  const outfitting = generation === 'v12' ? await table('outfitting.csv', readModule) : null;
  return { tables: { commodities, rares, shipyard, outfitting }, warnings };
}
