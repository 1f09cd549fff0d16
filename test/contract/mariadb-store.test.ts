import type { MarketStore } from '../../src/domain/ports/market-store.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { marketStoreContract } from './market-store.contract.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();

  marketStoreContract('MariaDB', async () => {
    const database = await server.createDatabase();
    const stores: MarketStore[] = [];
    const sql = (statement: string) => server.sql(statement, database);

    return {
      store(contract = 'auto') {
        const store = createMariadbStore({
          connection: server.connection(database),
          contract,
          lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
        });
        stores.push(store);
        return store;
      },
      sql,
      async refuseRowsOf(marketId) {
        await sql(
          `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
           IF NEW.station_id = ${marketId} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by the test'; END IF`,
        );
      },
      async dispose() {
        await Promise.all(stores.map((store) => store.close()));
        await server.dropDatabase(database);
      },
    };
  });
});
