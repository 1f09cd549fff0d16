import type { Connection } from 'mysql2/promise';
import { addStations } from '../generators/galaxy.ts';
import { createGalaxy, withServer } from '../harness/mariadb.ts';
import type { Benchmark } from '../harness/types.ts';
import { replacements, upserts } from '../limits/mariadb-writes.ts';
import { compareWrites } from './writes.ts';

export const benchmark: Benchmark = {
  about:
    'Markets of 49 rows written into MariaDB, 100 a transaction, beside the better of two bare loops of plain ' +
    'statements on the same tables with the same settings: no locks, no rules.',
  size: 1_000,
  unit: 'stations',
  rounds: 3,
  run: (options) =>
    withServer(async ({ server, pid }) => {
      const connections: Connection[] = [];
      const create = async () => {
        const { store, connection } = await createGalaxy(server);
        connections.push(connection);
        await addStations((sql) => connection.query(sql), options.size);
        return { store, connection };
      };
      const ours = await create();
      const limits = [];
      for (const make of [upserts, replacements]) {
        const { store, connection } = await create();
        await store.close();
        limits.push(make(connection));
      }
      try {
        const { clear, settle } = upserts(ours.connection);
        return await compareWrites({ store: ours.store, clear, settle }, limits, options, [pid]);
      } finally {
        await ours.store.close();
        for (const connection of connections) connection.destroy();
      }
    }),
};
