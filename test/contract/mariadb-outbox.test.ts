import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { describeRedis } from '../support/redis.ts';
import { createMariadbDatabase } from './mariadb-database.ts';
import { outboxContract } from './outbox.contract.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();
  describeRedis('and a broker', () => outboxContract(() => createMariadbDatabase(server)));
});
