import { describe } from 'vitest';
import { recordContract } from './query-records.contract.ts';
import { searchContract } from './query-searches.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

describe.each(['v12', 'v13'] as const)('SQLite %s questions', (generation) => {
  describe('records', () => recordContract(createSqliteDatabase, generation));
  describe('searches', () => searchContract(createSqliteDatabase, generation));
});
