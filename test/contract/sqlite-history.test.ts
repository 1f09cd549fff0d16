import { storeThreadsHere } from '../support/threads-here.ts';
import { historyContract } from './history.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

storeThreadsHere();

historyContract(() => createSqliteDatabase());
