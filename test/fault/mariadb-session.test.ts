import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../src/infra/store/mariadb/connection.ts';
import { readLines } from '../../src/infra/store/mariadb/export/listings.ts';
import { readMarkets as readStored } from '../../src/infra/store/mariadb/markets/rows.ts';
import { LEAST_PACKET_BYTES } from '../../src/infra/store/mariadb/session.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { market, NOON_S, readMarkets, shown, withWorld } from '../support/mariadb-world.ts';

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
  ['sql_if_exists = 1', '@@sql_if_exists', '0'],
  ['sql_notes = 0', '@@sql_notes', '1'],
  ['max_error_count = 0', '@@max_error_count', '64'],
  ['insert_id = 7', '@@insert_id', '0'],
  ['net_read_timeout = 1', '@@net_read_timeout', '30'],
  ['net_write_timeout = 1', '@@net_write_timeout', '60'],
  ['wait_timeout = 1', '@@wait_timeout', '28800'],
  ['idle_transaction_timeout = 1', '@@idle_transaction_timeout', '0'],
  ['idle_readonly_transaction_timeout = 1', '@@idle_readonly_transaction_timeout', '0'],
  ['idle_write_transaction_timeout = 1', '@@idle_write_transaction_timeout', '0'],
  ['max_session_mem_used = 8192', '@@max_session_mem_used', '9223372036854775807'],
  ['tmp_disk_table_size = 1024', '@@tmp_disk_table_size', '18446744073709551615'],
  ["system_versioning_asof = '2020-01-01'", '@@system_versioning_asof', 'DEFAULT'],
  ['wsrep_dirty_reads = 1', '@@wsrep_dirty_reads', '0'],
  ['skip_replication = 1', '@@skip_replication', '0'],
];

/** Whatever else it may leave behind -> the same. */
const STATEMENTS: readonly (readonly [string, string, string])[] = [
  ['USE tdl_other', "DATABASE() <> 'tdl_other'", '1'],
  ['BEGIN', '@@in_transaction', '0'],
  ['START TRANSACTION READ ONLY', '@@in_transaction', '0'],
];

/** What would be read through a network, or tell the driver more than it expects. */
const TRACKING = `SET session_track_system_variables = '*', session_track_state_change = 1,
  session_track_transaction_info = 'CHARACTERISTICS', lc_time_names = 'de_DE', lc_messages = 'de_DE',
  character_set_filesystem = 'latin1', sql_buffer_result = 1, big_tables = 1, default_week_format = 3`;

describeMariadb('a server with settings of its own', () => {
  const server = useMariadb({ args: [`--max-allowed-packet=${LEAST_PACKET_BYTES}`] });
  beforeAll(() => server.sql('CREATE DATABASE tdl_other'));
  afterEach(() => server.sql("SET GLOBAL init_connect = ''"));

  test.each([...SETTINGS.map(([set, ...rest]) => [`SET ${set}`, ...rest] as const), ...STATEMENTS])(
    '%s does not reach our statements',
    async (statement, question, answer) => {
      await server.sql(`SET GLOBAL init_connect = ${JSON.stringify(statement)}`);
      const database = await server.createDatabase();
      const pool = createPool(server.connection(database), 5_000);
      try {
        const link = await pool.acquire();
        expect(String((await link.rows(`SELECT ${question}`))[0]?.[0])).toBe(answer);
      } finally {
        await pool.close();
        await server.dropDatabase(database);
      }
    },
  );

  test.each(['SET TRANSACTION READ ONLY', 'LOCK TABLES mysql.user READ', TRACKING])(
    '%s lets markets be written and read',
    async (statement) => {
      // For the locks.
      await server.sql("GRANT SELECT, LOCK TABLES ON *.* TO tdl@'%'");
      await server.sql(`SET GLOBAL init_connect = ${JSON.stringify(statement)}`);
      await withWorld(server, 30, async (store, database) => {
        const markets = Array.from({ length: 30 }, (_, i) => market(i + 1, NOON_S));
        const outcomes = await store.writeMarkets(markets);
        expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
        const expected = new Map(markets.map((each) => [each.marketId, shown(each)]));
        expect(await readMarkets(server, database)).toEqual(expected);
        expect(await store.stats()).toMatchObject({ totalRows: 600, newestAtS: NOON_S });
      });
    },
  );

  test('lines that are cut inside the last row are read row by row, for files and for comparison', () =>
    withWorld(server, 1, async (_, database) => {
      const pool = createPool(server.connection(database), 20_000);
      const insert = (from: number, to: number) =>
        server.sql(
          `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
             supply_units, supply_level, modified, from_live)
           SELECT 1, 1000000 + seq, 1, 1, 1, 1, 1, 1, '2026-07-01 00:00:00', 1 FROM seq_${from}_to_${to}`,
          database,
        );
      // Lines of 31 and of 20 characters: the packet ends inside one of these.
      const lengths = [31, 20].map((length) => Math.floor(LEAST_PACKET_BYTES / length));
      let rows = 0;
      try {
        const link = await pool.acquire();
        for (const upTo of lengths.flatMap((length) => [length - 1, length, length + 1, length + 2])) {
          await insert(rows + 1, upTo);
          rows = upTo;
          const [station] = await readLines(link, ['1'], []);
          const lines = station?.lines ?? [];
          expect(lines).toHaveLength(rows);
          expect(lines.at(-1)).toBe(`${1_000_000 + rows},1,1,1,1,1,1,${Date.UTC(2026, 6, 1) / 1000}`);
          const stored = (await readStored(link, [1])).get('1')?.rows ?? [];
          expect(stored).toHaveLength(rows);
          expect(stored.at(-1)).toBe(`${1_000_000 + rows},1,1,1,1,1,1`);
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
      const load = () =>
        link.load("LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE t (id)", [Buffer.from('1\n')]);
      let refused = 0;
      for (let round = 0; round < 10_000; round++) {
        await load().catch((error: unknown) => {
          refused += Number((error as { errno?: number }).errno === 1205);
        });
      }
      expect(refused).toBe(10_000);
      expect(listeners()).toEqual(before);
    } finally {
      unsubscribe('net.client.socket', note);
      other.destroy();
      await pool.close();
      await server.dropDatabase(database);
    }
  });
});
