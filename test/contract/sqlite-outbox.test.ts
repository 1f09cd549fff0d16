import { describeRedis } from '../support/redis.ts';
import { outboxContract } from './outbox.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

describeRedis('with a broker', () => outboxContract(() => createSqliteDatabase()));
