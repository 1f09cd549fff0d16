import { historyContract } from './history.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

historyContract(() => createSqliteDatabase());
