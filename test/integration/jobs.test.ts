import { join } from 'node:path';
import { describe } from 'vitest';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { whenMany } from '../support/times.ts';
import { oneShotContract, survivalContract, type JobDatabase } from './jobs.contract.ts';

describe('jobs on SQLite', () => {
  const create = async (cwd: string): Promise<JobDatabase> => {
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    const markets = () => new Set(marketRows(database).map((row) => row.station_id)).size;
    return { env: {}, markets: () => Promise.resolve(markets()) };
  };
  survivalContract(create);
  oneShotContract(create);
});

whenMany(describeMariadb)('jobs on MariaDB', () => {
  const server = useMariadb();
  survivalContract(async (cwd) => {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    return {
      env: { TD_DB_CONFIG: writeDbConfig(cwd, server, database) },
      markets: async () => {
        const [row] = await server.sql(
          'SELECT count(DISTINCT station_id) AS markets FROM StationItem',
          database,
        );
        return Number(row?.markets);
      },
    };
  });
});
