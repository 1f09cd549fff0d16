import { StoreError } from '../../../domain/errors.ts';

/** Seconds that a statement waits for rows another writer holds, before only its station is put off. */
export const ROW_LOCK_WAIT_S = 1;

/** Below it a delete for a hundred markets, or the locks of an import, are no statement. */
export const LEAST_PACKET_BYTES = 1024 * 1024;

/**
 * Everything that can change what our statements mean, or break them off, by value: DEFAULT would be the server's own.
 * Sent when the server has run its `init_connect`, and whatever charset it took from the handshake. All are in the
 * oldest server that is tried; the first ones end what `init_connect` may have begun.
 */
const SETTINGS = [
  'SET SESSION completion_type = 0',
  'ROLLBACK',
  'UNLOCK TABLES',
  'SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci',
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
  `SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', autocommit = 1,
     innodb_lock_wait_timeout = ${ROW_LOCK_WAIT_S}, group_concat_max_len = 16777216, wait_timeout = 28800`,
  `SET SESSION sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615, sql_big_selects = 1,
     sql_safe_updates = 0, sql_auto_is_null = 0, foreign_key_checks = 1, unique_checks = 1,
     check_constraint_checks = 1, max_statement_time = 0, lock_wait_timeout = 86400, div_precision_increment = 4,
     max_sort_length = 1024, old_mode = '', low_priority_updates = 0, timestamp = DEFAULT`,
  // What a load had to leave out is told by its warnings; what an export waits for may take its time.
  `SET SESSION sql_if_exists = 0, sql_notes = 1, max_error_count = 64, insert_id = 0, net_read_timeout = 30,
     net_write_timeout = 60, idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0,
     idle_write_transaction_timeout = 0, max_session_mem_used = 9223372036854775807,
     tmp_disk_table_size = 18446744073709551615, system_versioning_asof = DEFAULT`,
] as const;

/** Not in every server, or not for everybody to set: set only where they are otherwise. */
const MENDED = { wsrep_dirty_reads: 'OFF', skip_replication: 'OFF' } as const;

/** What only the server's administrator can change. */
const FIXED = ['max_allowed_packet', 'log_bin', 'sql_log_bin', 'binlog_format'];

/** A connection, as far as it is needed here. */
interface Session {
  run(sql: string): Promise<number>;
  rows(sql: string): Promise<unknown[][]>;
}

/**
 * Makes a new connection's session ours, whatever the server's own settings are.
 *
 * @param address of server and database, for messages
 * @throws StoreError `unavailable` where a setting that cannot be overridden does not let us work
 */
export async function prepareSession(session: Session, database: string, address: string): Promise<void> {
  for (const statement of SETTINGS) await session.run(statement);
  await session.run(`USE \`${database.replaceAll('`', '``')}\``);
  const names = [...Object.keys(MENDED), ...FIXED].map((name) => `'${name}'`);
  const found = await session.rows(`SHOW SESSION VARIABLES WHERE Variable_name IN (${names.join()})`);
  const values = new Map(found.map(([name, value]) => [String(name), String(value)]));
  for (const [name, value] of Object.entries(MENDED)) {
    if ((values.get(name) ?? value) !== value) await session.run(`SET SESSION ${name} = ${value}`);
  }
  const trouble = troubleWith(values);
  if (trouble === undefined) return;
  throw new StoreError('unavailable', `MariaDB at ${address} ${trouble.what}`, { advice: trouble.advice });
}

/** @param values of {@link FIXED}, by name */
function troubleWith(
  values: ReadonlyMap<string, string>,
): { readonly what: string; readonly advice: string } | undefined {
  const packetBytes = values.get('max_allowed_packet');
  if (Number(packetBytes) < LEAST_PACKET_BYTES) {
    return {
      what: `takes statements of ${packetBytes} bytes at most (max_allowed_packet)`,
      advice: `SET GLOBAL max_allowed_packet = ${LEAST_PACKET_BYTES} or more, and in the server's configuration; it is tried again`,
    };
  }
  const isLogged = values.get('log_bin') === 'ON' && values.get('sql_log_bin') === 'ON';
  if (isLogged && values.get('binlog_format') === 'STATEMENT') {
    return {
      what: 'would refuse every write (binlog_format = STATEMENT)',
      advice: BINLOG_FORMAT_ADVICE,
    };
  }
  return undefined;
}

export const BINLOG_FORMAT_ADVICE =
  "SET GLOBAL binlog_format = 'MIXED' or 'ROW', and in the server's configuration; it is tried again";
