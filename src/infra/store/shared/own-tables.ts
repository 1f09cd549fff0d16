import { randomUUID } from 'node:crypto';

/**
 * The tables of our own, beside Trade Dangerous' in the same database; no foreign keys lead to its tables. Their names
 * begin with {@link OWN_PREFIX}.
 */
export const OWN_PREFIX = 'tdl_';

/** How far somebody goes who opens them. */
export type OwnTablesUse = 'look' | 'update' | 'make';

/** Made by earlier versions of this program. Dropped where they are, for not every user may drop tables. */
export const OLD_TABLES: readonly string[] = ['tdl_station', 'tdl_service', 'tdl_economy'];

/** Holds the version of the others. */
export const OWN_VERSION_TABLE = 'tdl_version';

/**
 * What turned each version into the next: statements that both databases take, and that may be run again.
 *
 * @param options end of a CREATE TABLE
 */
export function ownMigrations(options: string): readonly (readonly string[])[] {
  const table = (name: string, ...parts: readonly string[]) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${parts.join(', ')}) ${options}`;
  const stationKey = 'station_id BIGINT NOT NULL PRIMARY KEY';
  return [
    [
      // Facts as JSON: rank, observation time and value of each.
      table(
        'tdl_fact',
        stationKey,
        'modified_s BIGINT NOT NULL',
        'dump_s BIGINT NOT NULL',
        'facts TEXT NOT NULL',
      ),
      table(
        'tdl_market',
        stationKey,
        'software VARCHAR(128) NOT NULL',
        'observed_s BIGINT NOT NULL',
        'updates BIGINT NOT NULL',
      ),
    ],
    [
      // What shipyards and outfitters sell whose station, or whose goods, no table has yet.
      table(
        'tdl_waiting',
        'station_id BIGINT NOT NULL',
        'wares VARCHAR(16) NOT NULL',
        'observed_s BIGINT NOT NULL',
        'goods TEXT NOT NULL',
        'PRIMARY KEY (station_id, wares)',
      ),
    ],
    [
      // Observations that have left no rows (domain/market/write-rule.ts).
      table(
        'tdl_memory',
        'station_id BIGINT NOT NULL',
        'kind VARCHAR(8) NOT NULL',
        'name VARCHAR(128) NOT NULL',
        'system_name VARCHAR(128) NOT NULL',
        'observed_s BIGINT NOT NULL',
        'PRIMARY KEY (station_id, kind)',
      ),
    ],
    [
      // Who may write over HTTP.
      table(
        'tdl_token',
        'name VARCHAR(64) NOT NULL PRIMARY KEY',
        'scopes VARCHAR(128) NOT NULL',
        'hash CHAR(64) NOT NULL',
        'made_s BIGINT NOT NULL',
      ),
    ],
    [
      // The change log (domain/ports/changes.ts): its id, the number of the newest entry, and the entries.
      table('tdl_log', 'one INT NOT NULL PRIMARY KEY', 'log_id VARCHAR(36) NOT NULL', 'seq BIGINT NOT NULL'),
      `INSERT INTO tdl_log (one, log_id, seq) SELECT 1, '${randomUUID()}', 0 FROM (SELECT 1 AS one) none_yet
       WHERE NOT EXISTS (SELECT 1 FROM tdl_log)`,
      table(
        'tdl_change',
        'seq BIGINT NOT NULL PRIMARY KEY',
        'kind VARCHAR(8) NOT NULL',
        'id BIGINT NOT NULL',
        'observed_s BIGINT',
        'written_s BIGINT NOT NULL',
        'source VARCHAR(8) NOT NULL',
      ),
    ],
    [
      // Small things of our own, each read and written whole (domain/ports/aggregate-store.ts).
      table(
        'tdl_aggregate',
        'kind VARCHAR(16) NOT NULL',
        'id VARCHAR(64) NOT NULL',
        'version BIGINT NOT NULL',
        'json LONGTEXT NOT NULL',
        'PRIMARY KEY (kind, id)',
      ),
    ],
    [
      // How far the prices of a market are from what is usual (domain/market/plausibility.ts), and of which observation.
      table('tdl_price', stationKey, 'observed_s BIGINT NOT NULL', 'ratio DOUBLE'),
    ],
    [
      // Where a station lies, its services and economies, as the facts of these names: a row a station, for dumps tell of
      // all. Made from the facts, and of what only a dump has told from that. Null: unknown.
      table('tdl_profile', stationKey, 'body VARCHAR(128)', 'services TEXT', 'economies TEXT'),
      `INSERT INTO tdl_profile (station_id, body, services, economies)
       SELECT station_id, ${factText('body')}, ${factText('services')}, ${factText('economies')} FROM tdl_fact
       WHERE NOT EXISTS (SELECT 1 FROM tdl_profile p WHERE p.station_id = tdl_fact.station_id)`,
    ],
    [
      // Which of several daemons leads (domain/ports/upkeep/leadership.ts): the lease, what a leader's transactions read,
      // and the sessions it has them in.
      table(
        'tdl_lease',
        'one INT NOT NULL PRIMARY KEY',
        'epoch BIGINT NOT NULL',
        'holder VARCHAR(36) NOT NULL',
        'name VARCHAR(128) NOT NULL',
        'url VARCHAR(255) NOT NULL',
        'since_s BIGINT NOT NULL',
        'until_ms BIGINT NOT NULL',
        'session_id BIGINT NOT NULL',
        'session_host VARCHAR(128) NOT NULL',
        'server VARCHAR(512) NOT NULL',
        'account VARCHAR(256) NOT NULL',
      ),
      `INSERT INTO tdl_lease SELECT 1, 0, '', '', '', 0, 0, 0, '', '', '' FROM (SELECT 1 AS one) none_yet
       WHERE NOT EXISTS (SELECT 1 FROM tdl_lease)`,
      table('tdl_epoch', 'one INT NOT NULL PRIMARY KEY', 'epoch BIGINT NOT NULL'),
      `INSERT INTO tdl_epoch SELECT 1, 0 FROM (SELECT 1 AS one) none_yet WHERE NOT EXISTS (SELECT 1 FROM tdl_epoch)`,
      table(
        'tdl_session',
        'session_id BIGINT NOT NULL',
        'session_host VARCHAR(128) NOT NULL',
        'epoch BIGINT NOT NULL',
        'PRIMARY KEY (session_id, session_host)',
      ),
    ],
  ];
}

/** The value of a fact; MariaDB leaves the quotes. */
function factText(name: string): string {
  return `REPLACE(JSON_EXTRACT(facts, '$.${name}[2]'), '"', '')`;
}
