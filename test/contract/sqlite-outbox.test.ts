import { describeRedis } from '../support/redis.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { outboxContract } from './outbox.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

storeThreadsHere();

describeRedis('with a broker', () => outboxContract(() => createSqliteDatabase()));
