import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { dumpImportContract } from './dump-import.contract.ts';

dumpImportContract('SQLite', createSqliteDatabase);
