import type { Generation, GenerationChoice } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';

/** What a look into the catalogue of a database shows; names as the database has them. */
export interface Shape {
  /** Names of all tables (not views) that are not the database's own. */
  readonly tables: ReadonlySet<string>;
  /** Columns of `Item`; empty without that table. */
  readonly itemColumns: ReadonlySet<string>;
}

/** The tables without which a database is not a Trade Dangerous one. */
export const REQUIRED_TABLES = ['System', 'Station', 'Category', 'Item', 'StationItem'] as const;

/**
 * Recognises the generation of a database. Some v13 templates still carried the v12 tables, so the new column of
 * `Item` decides first.
 *
 * @returns null when there are no tables at all
 * @throws StoreError `refused`: not Trade Dangerous, or the generation that was not asked for
 */
export function recognise(shape: Shape, choice: GenerationChoice, description: string): Generation | null {
  if (shape.tables.size === 0) return null;
  const missing = REQUIRED_TABLES.filter((table) => !shape.tables.has(table));
  if (missing.length > 0) {
    throw new StoreError(
      'refused',
      `${description} is not a Trade Dangerous database: no ${missing.join(', ')}`,
      {
        advice: 'name an empty database or one that Trade Dangerous made; nothing was changed',
      },
    );
  }
  const found = generationOf(shape);
  if (found === null) {
    throw new StoreError(
      'refused',
      `${description} is of a Trade Dangerous generation that is not supported`,
      {
        advice: 'have Trade Dangerous 12 or 13 rebuild it, or name an empty database; nothing was changed',
      },
    );
  }
  if (choice !== 'auto' && choice !== found) {
    throw new StoreError('refused', `${description} is a ${found} database, but contract is ${choice}`, {
      advice: `set contract to ${found} or auto, or name an empty database; nothing was changed`,
    });
  }
  return found;
}

function generationOf({ tables, itemColumns }: Shape): Generation | null {
  if (itemColumns.has('rare_station_id')) return 'v13';
  return tables.has('Upgrade') ? 'v12' : null;
}

/** For those who only look. @param what is the matter */
export function emptyDatabase(name: string, what = 'has no tables yet'): StoreError {
  return new StoreError('empty', `${name} ${what}`, {
    advice: 'the first start of the daemon makes them; if there should be some, is this the right directory?',
  });
}
