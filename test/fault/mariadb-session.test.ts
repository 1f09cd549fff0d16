import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createPool } from '../../src/infra/store/mariadb/connection.ts';
import { readLines } from '../../src/infra/store/mariadb/export/listings.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { withWorld } from '../support/mariadb-world.ts';

/** What an operator's `init_connect` may say -> a question about it, and our answer. */
const SETTINGS: readonly (readonly [string, string, string])[] = [
  ['NAMES latin1', '@@character_set_client', 'utf8mb4'],
  ['character_set_results = latin1', '@@character_set_results', 'utf8mb4'],
  ['collation_connection = utf8mb4_bin', '@@collation_connection', 'utf8mb4_unicode_ci'],
  ['sql_select_limit = 1', '@@sql_select_limit', '18446744073709551615'],
  ['max_join_size = 1', '@@sql_big_selects', '1'],
  ['completion_type = 2', '@@completion_type', 'NO_CHAIN'],
  ['SESSION TRANSACTION READ ONLY', '@@tx_read_only', '0'],
  ['SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE', '@@tx_isolation', 'READ-COMMITTED'],
  ['autocommit = 0', '@@autocommit', '1'],
  ["time_zone = '+09:00'", '@@time_zone', '+00:00'],
  ["sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'", '@@sql_mode', 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'],
  ['sql_safe_updates = 1', '@@sql_safe_updates', '0'],
  ['sql_auto_is_null = 1', '@@sql_auto_is_null', '0'],
  ['foreign_key_checks = 0', '@@foreign_key_checks', '1'],
  ['unique_checks = 0', '@@unique_checks', '1'],
  ['check_constraint_checks = 0', '@@check_constraint_checks', '1'],
  ['group_concat_max_len = 4', '@@group_concat_max_len', '16777216'],
  ['max_statement_time = 5', 'CAST(@@max_statement_time AS INT)', '0'],
  ['lock_wait_timeout = 1', '@@lock_wait_timeout', '86400'],
  ['div_precision_increment = 0', '@@div_precision_increment', '4'],
  ['max_sort_length = 64', '@@max_sort_length', '1024'],
  ["old_mode = 'ZERO_DATE_TIME_CAST'", '@@old_mode', ''],
  ['low_priority_updates = 1', '@@low_priority_updates', '0'],
  ['timestamp = 1', 'YEAR(NOW()) > 2000', '1'],
];

describeMariadb('a server with settings of its own', () => {
  const server = useMariadb({ args: ['--max-allowed-packet=16K'] });
  afterEach(() => server.sql("SET GLOBAL init_connect = ''"));

  test.each(SETTINGS)('SET %s does not reach our statements', async (setting, question, answer) => {
    await server.sql(`SET GLOBAL init_connect = ${JSON.stringify(`SET ${setting}`)}`);
    const database = await server.createDatabase();
    const pool = createPool(server.connection(database), 5_000);
    try {
      const link = await pool.acquire();
      expect(String((await link.rows(`SELECT ${question}`))[0]?.[0])).toBe(answer);
    } finally {
      await pool.close();
      await server.dropDatabase(database);
    }
  });

  test('lines that are cut inside the last row are read row by row', () =>
    withWorld(server, 1, async (_, database) => {
      const pool = createPool(server.connection(database), 5_000);
      // Lines of 31 characters: 16 KiB end inside the 529th.
      const insert = (from: number, to: number) =>
        server.sql(
          `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
             supply_units, supply_level, modified, from_live)
           SELECT 1, 1000000 + seq, 1, 1, 1, 1, 1, 1, '2026-07-01 00:00:00', 1 FROM seq_${from}_to_${to}`,
          database,
        );
      try {
        await insert(1, 526);
        for (let rows = 527; rows <= 531; rows++) {
          await insert(rows, rows);
          const [station] = await readLines(await pool.acquire(), ['1'], []);
          const lines = station?.lines.split('\n') ?? [];
          expect(lines).toHaveLength(rows);
          expect(lines.at(-1)).toBe(`${1_000_000 + rows},1,1,1,1,1,1,${Date.UTC(2026, 6, 1) / 1000}`);
        }
      } finally {
        await pool.close();
      }
    }));

  test('a refused load leaves nothing on its socket', async () => {
    const database = await server.createDatabase();
    const other = await server.connect(database);
    await other.query('CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB');
    await other.query('INSERT INTO t VALUES (1)');
    await other.query('START TRANSACTION');
    await other.query('SELECT id FROM t FOR UPDATE');
    const sockets: Socket[] = [];
    const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
    subscribe('net.client.socket', note);
    const pool = createPool(server.connection(database), 5_000);
    try {
      const link = await pool.acquire();
      await link.run('SET SESSION innodb_lock_wait_timeout = 0');
      const listeners = () =>
        sockets.flatMap((each) => [each.listenerCount('drain'), each.listenerCount('pause')]);
      const before = listeners();
      expect(before).toHaveLength(2);
      for (let round = 0; round < 1_000; round++) {
        const load = link.load("LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE t (id)", [
          Buffer.from('1\n'),
        ]);
        await expect(load).rejects.toThrow('Lock wait timeout');
      }
      expect(listeners()).toEqual(before);
    } finally {
      unsubscribe('net.client.socket', note);
      other.destroy();
      await pool.close();
      await server.dropDatabase(database);
    }
  });
});
