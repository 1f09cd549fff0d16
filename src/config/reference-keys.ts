import { COMMODITY_SCHEMA_REF } from '../domain/eddn/staging-rules.ts';
import { EDDN_URL, endpoint, flag, instant, path, schemaRef, whitelist } from './schemas.ts';
import { amount, duration, TEN_YEARS_DAYS, type Table } from './table.ts';

/** The keys that the reference's default file has, in its order. */
export const REFERENCE_KEYS = {
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
} as const satisfies Table;
