import { z } from 'zod';
import { archiveUrl, bindAddress, EDCD_SOURCE, edcdSource, flag, learn, spanshUrl } from './schemas.ts';
import { amount, count, duration, TEN_YEARS_DAYS, type Table } from './table.ts';

/** Which data, and how it is kept: of this program's own keys the first ones. A new setting is one entry in one of these files. */
export const OWN_KEYS = {
  contract: {
    field: 'generation',
    fallback: 'auto',
    schema: z.enum(['auto', 'v12', 'v13']).describe('"auto", "v12" or "v13"'),
    about: 'Generation of Trade Dangerous that is served; auto = what the database is, a new one is v12.',
  },
  archive_url: {
    field: 'archiveUrl',
    fallback: 'https://edgalaxydata.space/EDDN',
    schema: archiveUrl,
    optional: true,
    about: "Where `tdl backfill` finds the days of EDDN's messages.",
  },
  relay_bind: {
    field: 'relayBind',
    fallback: null,
    schema: bindAddress,
    optional: true,
    about:
      'Where the messages of the feed are passed on, unchanged, to other consumers (ZeroMQ PUB); null = nowhere.',
  },
  learn: {
    field: 'learn',
    fallback: true,
    schema: learn,
    optional: true,
    live: true,
    about: 'Whether the galaxy is learned from the feed, or from which of its schemas.',
  },
  own_tables: {
    field: 'ownTables',
    fallback: true,
    schema: flag,
    optional: true,
    about:
      "Keep tables of its own (`tdl_*`) beside Trade Dangerous' in the database; without them nothing is learned.",
  },
  change_log_days: {
    field: 'changeLogDays',
    fallback: 3,
    schema: amount('days', 0, TEN_YEARS_DAYS),
    optional: true,
    about:
      'How long the change log is kept, from which others go on where they stopped reading; 0 = none is written.',
  },
  change_log_entries: {
    field: 'changeLogEntries',
    fallback: 1_000_000,
    schema: count(1_000, 1_000_000_000),
    optional: true,
    about: 'Most entries of the change log, some 60 bytes each; the oldest go first.',
  },
  history_days: {
    field: 'historyDays',
    fallback: 0,
    schema: count(0, 3_650),
    optional: true,
    about:
      'How many days of price changes are kept, a Parquet file a day in `history` below the data directory; 0 = none. Needs the change log.',
  },
  deltas: {
    field: 'deltas',
    fallback: false,
    schema: flag,
    optional: true,
    about:
      'Publish what has changed, too: hourly and daily files, and `listings.csv.zst` beside the full one; see docs/deltas.md.',
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
  import_max_age_days: {
    field: 'importMaxAgeDays',
    fallback: 30,
    schema: amount('days', 0.01, TEN_YEARS_DAYS),
    optional: true,
    live: true,
    about:
      'What a dump says of a market, shipyard or outfitter longer ago is left out, and counted; so is what would be purged.',
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
    about:
      'How far ahead of the time at which the gateway passed it on an observation may be (of the local clock where no gateway tells).',
  },
  shutdown_timeout_s: {
    field: 'shutdownTimeoutMs',
    fallback: 25,
    schema: duration('seconds', 1, 3600),
    about: 'Time a clean stop may take; what is not written by then waits in the spool.',
  },
} as const satisfies Table;
