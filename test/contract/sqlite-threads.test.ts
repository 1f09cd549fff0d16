import { busyStoreContract } from './market-store.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

busyStoreContract('SQLite', createSqliteDatabase);
