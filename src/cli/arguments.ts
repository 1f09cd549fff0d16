import { parseArgs } from 'node:util';
import { AppError } from '../domain/errors.ts';

export const HELP = `tradedangerous-listener: live market data for a Trade Dangerous server

Usage:
  tdl [--no-update]          run the daemon: EDDN and Spansh -> database -> listings; without Spansh
  tdl --stats                print what StationItem holds, and exit
  tdl --export-live-now      write listings-live.csv once, and exit
  tdl --export-dump-now      write listings.csv once, and exit
  tdl replay FILE            write the EDDN messages of FILE (JSON lines, plain or gzip), and exit
  tdl --help | --version

The configuration is tradedangerous-listener-config.json in the working directory (or TD_LISTENER_CONFIG), the
database is what TD_DB_CONFIG says, else SQLite in ./data (or TD_DATA). See docs/configuration.md.

Exit codes: 0 done or stopped as asked, 1 failed, 2 wrong usage or set-up.
`;

export type Command =
  | { readonly verb: 'run'; readonly update: boolean }
  | { readonly verb: 'stats' | 'export-live' | 'export-dump' | 'help' | 'version' }
  | { readonly verb: 'replay'; readonly file: string };

const FLAGS = {
  help: 'help',
  version: 'version',
  stats: 'stats',
  'export-live-now': 'export-live',
  'export-dump-now': 'export-dump',
} as const;

/** @throws AppError `usage` */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const asked = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter((flag) => values[flag] === true);
  const [flag, ...more] = asked;
  const [verb, file, ...rest] = positionals;
  if (flag === 'help' || flag === 'version') return { verb: flag };
  if (more.length > 0) throw usage(`--${asked.join(' and --')} do not go together`);
  if (verb === undefined) {
    return flag === undefined ? { verb: 'run', update: values['no-update'] !== true } : { verb: FLAGS[flag] };
  }
  if (verb !== 'replay') throw usage(`unknown command "${verb}"`);
  if (flag !== undefined) throw usage(`--${flag} does not go with replay`);
  if (file === undefined) throw usage('replay needs a FILE');
  if (rest.length > 0) throw usage(`replay takes one FILE, not ${rest.length + 1}`);
  return { verb: 'replay', file };
}

function parse(argv: readonly string[]) {
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { ...boolean, short: 'h' },
        version: boolean,
        stats: boolean,
        'export-live-now': boolean,
        'export-dump-now': boolean,
        'no-update': boolean,
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function usage(message: string): AppError {
  return new AppError('usage', message, { advice: 'see --help' });
}
