import { z } from 'zod';
import { COMMODITY_SCHEMA_REF } from '../domain/eddn/staging-rules.ts';
import {
  activeHours,
  EDCD_SOURCE,
  EDDN_URL,
  edcdSource,
  endpoint,
  flag,
  instant,
  listenAddress,
  logLevel,
  path,
  pathOrNull,
  schemaRef,
  spanshUrl,
  whitelist,
} from './schemas.ts';
import { amount, count, duration, type Table } from './table.ts';

const TEN_YEARS_DAYS = 3650;

/**
 * The keys of `tradedangerous-listener-config.json`, in the order of the default file: first those of the
 * reference, then this program's own. A new setting is one entry here (docs/configuration.md shows the table).
 */
export const KEYS = {
  verbose: { field: 'verbose', fallback: true, schema: flag, live: true, about: 'Log what is being done.' },
  debug: {
    field: 'debug',
    fallback: false,
    schema: flag,
    live: true,
    about: 'Log every refused message and why.',
  },
  last_update: {
    field: 'lastUpdateS',
    fallback: 0,
    schema: instant,
    about: '`Last-Modified` of the last imported Spansh dump. Written by the program.',
  },
  last_purge: {
    field: 'lastPurgeS',
    fallback: 0,
    schema: instant,
    about: 'When the last purge ended. Written by the program.',
  },
  last_db_maint: {
    field: 'lastDbMaintS',
    fallback: 0,
    schema: instant,
    about: 'When the last database maintenance ended. Written by the program.',
  },
  check_update_every_x_hour: {
    field: 'checkUpdateEveryMs',
    fallback: 24,
    schema: duration('hours', 0.01, 240),
    live: true,
    about: 'How often Spansh is asked for a new dump; also asked once at start.',
  },
  spansh_log_interval: {
    field: 'spanshLogIntervalMs',
    fallback: 30,
    schema: duration('seconds', 1, 3600),
    about: 'Time between progress lines of an import.',
  },
  export_live_every_x_min: {
    field: 'exportLiveEveryMs',
    fallback: 5,
    schema: duration('minutes', 0.01, 720),
    live: true,
    about: 'How often `listings-live.csv` is written.',
  },
  export_path: {
    field: 'exportPath',
    fallback: './tmp',
    schema: path,
    about: 'Directory of `listings.csv` and `listings-live.csv`.',
  },
  purge_every_x_hour: {
    field: 'purgeEveryMs',
    fallback: 24,
    schema: duration('hours', 0, TEN_YEARS_DAYS * 24),
    live: true,
    about: 'How often old market rows are deleted; 0 = never.',
  },
  purge_retention_days: {
    field: 'purgeRetentionDays',
    fallback: 30,
    schema: amount('days', 1, TEN_YEARS_DAYS),
    live: true,
    about: 'Market rows observed longer ago are old.',
  },
  db_maint_every_x_days: {
    field: 'dbMaintEveryMs',
    fallback: 30,
    schema: duration('days', 0, TEN_YEARS_DAYS),
    live: true,
    about: 'How often the database is optimized and analyzed; 0 = never.',
  },
  db_maint_cnf: {
    field: 'dbMaintCnf',
    fallback: 'mariadb_check.cnf',
    schema: path,
    about: 'Option file with the credentials for `mariadb-check`.',
  },
  eddn_url: {
    field: 'eddnUrl',
    fallback: null,
    schema: endpoint,
    about: `Where EDDN is read; null = \`${EDDN_URL}\`.`,
  },
  eddn_schema_ref: {
    field: 'eddnSchemaRef',
    fallback: null,
    schema: schemaRef,
    live: true,
    about: `The schema that is taken; null = \`${COMMODITY_SCHEMA_REF}\`.`,
  },
  whitelist: {
    field: 'whitelist',
    fallback: [
      { software: 'E:D Market Connector [Windows]', minversion: '6.0.0' },
      { software: 'E:D Market Connector [Mac OS]', minversion: '6.0.0' },
      { software: 'E:D Market Connector [Linux]', minversion: '6.0.0' },
      { software: 'EDDiscovery' },
      { software: 'EDDLite' },
    ],
    schema: whitelist,
    live: true,
    about: 'Programs whose messages are taken, from the given version on.',
  },
  contract: {
    field: 'generation',
    fallback: 'auto',
    schema: z.enum(['auto', 'v12', 'v13']).describe('"auto", "v12" or "v13"'),
    about: 'Generation of Trade Dangerous that is served; auto = what the database is, a new one is v12.',
  },
  edcd_source: {
    field: 'edcdSource',
    fallback: null,
    schema: edcdSource,
    about: `Where the FDevIDs tables are; null = \`${EDCD_SOURCE}\`.`,
  },
  spansh_url: {
    field: 'spanshUrl',
    fallback: null,
    schema: spanshUrl,
    about:
      'The galaxy dump: an address, a file, or null = `galaxy_stations.json.gz` at `downloads.spansh.co.uk`, else the plain `.json` there.',
  },
  parked_max: {
    field: 'parkedMax',
    fallback: 50_000,
    schema: count(0, 10_000_000),
    about: 'Most markets kept while their system is unknown; the oldest observations go first.',
  },
  max_clock_skew_s: {
    field: 'maxClockSkewS',
    fallback: 300,
    schema: amount('seconds', 0, 86_400),
    live: true,
    about: 'How far ahead of the local clock an observation may be.',
  },
  shutdown_timeout_s: {
    field: 'shutdownTimeoutMs',
    fallback: 25,
    schema: duration('seconds', 1, 3600),
    about: 'Time a clean stop may take; what is not written by then waits in the spool.',
  },
  http_listen: {
    field: 'httpListen',
    fallback: '127.0.0.1:8390',
    schema: listenAddress,
    about: 'Where the daemon serves files, health and metrics over HTTP; null = nowhere.',
  },
  listener_diag: {
    field: 'listenerDiag',
    fallback: false,
    schema: flag,
    optional: true,
    about: 'Write diagnostics as JSON lines.',
  },
  diagnostics: {
    field: 'diagnostics',
    fallback: false,
    schema: flag,
    optional: true,
    about: 'The same as `listener_diag`: either one turns them on.',
  },
  listener_diag_stats_every: {
    field: 'diagnosticsStatsEveryMs',
    fallback: 30,
    schema: duration('seconds', 1, 86_400),
    optional: true,
    about: 'Time between the statistics in the diagnostics.',
  },
  listener_diag_path: {
    field: 'diagnosticsPath',
    fallback: null,
    schema: pathOrNull,
    optional: true,
    about: 'File of the diagnostics; null = `listener_diag.jsonl` in `export_path`.',
  },
  listener_db_max_retries: {
    field: 'dbMaxRetries',
    fallback: 10,
    schema: count(0, 1000),
    optional: true,
    about: 'How often a station the database refused is tried again before its snapshot is parked.',
  },
  listener_db_backoff_min: {
    field: 'dbBackoffMinMs',
    fallback: 1,
    schema: duration('seconds', 0.01, 3600),
    optional: true,
    about: 'First wait after a database error; doubles up to the cap.',
  },
  listener_db_backoff_cap: {
    field: 'dbBackoffCapMs',
    fallback: 60,
    schema: duration('seconds', 0.01, 3600),
    optional: true,
    about: 'Longest wait after a database error.',
  },
  listener_station_lock_backoff_min: {
    field: 'stationBackoffMinMs',
    fallback: 0.25,
    schema: duration('seconds', 0.01, 3600),
    optional: true,
    about: 'First wait for a station another writer holds; doubles up to the cap.',
  },
  listener_station_lock_backoff_cap: {
    field: 'stationBackoffCapMs',
    fallback: 30,
    schema: duration('seconds', 0.01, 3600),
    optional: true,
    about: 'Longest wait for a station another writer holds.',
  },
  listener_coalesce_drain_cap: {
    field: 'coalesceDrainCap',
    fallback: 5000,
    schema: count(1, 1_000_000),
    optional: true,
    about: 'Most stations taken from the waiting ones at a time.',
  },
  listener_processor_rate_every: {
    field: 'rateEveryMs',
    fallback: 60,
    schema: duration('seconds', 1, 86_400),
    optional: true,
    about: 'Time between the lines that tell the rate of writing.',
  },
  active_hours: {
    field: 'activeHours',
    fallback: {},
    schema: activeHours,
    optional: true,
    live: true,
    about:
      'When the Spansh import, maintenance and the publishing of `listings.csv` may begin; in UTC unless told.',
  },
  pid_file: {
    field: 'pidFile',
    fallback: null,
    schema: pathOrNull,
    optional: true,
    about: "A further file with the daemon's process number and nothing else.",
  },
  log_file: {
    field: 'logFile',
    fallback: null,
    schema: pathOrNull,
    optional: true,
    about: 'Where the daemon logs; null = standard output.',
  },
  log_level: {
    field: 'logLevel',
    fallback: null,
    schema: logLevel,
    optional: true,
    live: true,
    about: 'The least that is logged; null = as `verbose` and `debug` say.',
  },
  log_rotate_mb: {
    field: 'logRotateMb',
    fallback: 10,
    schema: count(0, 100_000),
    optional: true,
    about: 'Size in MiB at which the log file is put aside; 0 = never, something else does it.',
  },
  log_keep_days: {
    field: 'logKeepDays',
    fallback: 30,
    schema: amount('days', 0, TEN_YEARS_DAYS),
    optional: true,
    about: 'Log files put aside longer ago are removed; 0 = never.',
  },
  log_compress: {
    field: 'logCompress',
    fallback: true,
    schema: flag,
    optional: true,
    about: 'Compress log files that are put aside.',
  },
} as const satisfies Table;

export type KeyName = keyof typeof KEYS;

/** Pairs that only make sense in this order. */
export const ORDERED_KEYS = [
  ['listener_db_backoff_min', 'listener_db_backoff_cap'],
  ['listener_station_lock_backoff_min', 'listener_station_lock_backoff_cap'],
] as const satisfies readonly (readonly [KeyName, KeyName])[];

/** What a new file holds: every key that is not optional. */
export function defaultFile(): Record<string, unknown> {
  const table: Table = KEYS;
  return Object.fromEntries(
    Object.entries(table)
      .filter(([, key]) => key.optional !== true)
      .map(([name, key]) => [name, key.fallback]),
  );
}
