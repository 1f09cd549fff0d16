import { storeThreadsHere } from '../support/threads-here.ts';
import { createSqliteDatabase } from './sqlite-database.ts';
import { marketStoreContract } from './market-store.contract.ts';

storeThreadsHere();
marketStoreContract('SQLite', createSqliteDatabase);
