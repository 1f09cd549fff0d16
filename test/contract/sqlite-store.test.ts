import { marketStoreContract } from './market-store.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

marketStoreContract('SQLite', createSqliteDatabase);
