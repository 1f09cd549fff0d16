import { parseArgs } from 'node:util';
import type { Overrides } from '../app/bootstrap.ts';
import { logLevel } from '../config/schemas.ts';
import { AppError } from '../domain/errors.ts';

export type Command =
  /** @property inspect port of the state inspector; null: not attached */
  | {
      readonly verb: 'run';
      readonly update: boolean;
      readonly inspect: number | null;
      readonly overrides: Overrides;
    }
  | { readonly verb: 'purge' | 'maintain'; readonly dryRun: boolean }
  | {
      readonly verb:
        'stats' | 'export-live' | 'export-dump' | 'publish' | 'check-config' | 'status' | 'help' | 'version';
    }
  /** @property maxAgeDays undefined: as configured */
  | { readonly verb: 'import'; readonly from: string; readonly maxAgeDays: number | undefined }
  | { readonly verb: 'replay'; readonly file: string }
  | { readonly verb: 'graph'; readonly machine: string | null; readonly json: boolean }
  | { readonly verb: 'sample'; readonly count: number; readonly timeoutS: number };

/** Where the state inspector listens if nothing else is said, on the loopback interface. */
export const INSPECTOR_PORT = 8391;

const boolean = { type: 'boolean' } as const;
const text = { type: 'string' } as const;

/** Every option of every verb. */
const OPTIONS = {
  help: { ...boolean, short: 'h' },
  version: boolean,
  stats: boolean,
  'export-live-now': boolean,
  'export-dump-now': boolean,
  'no-update': boolean,
  'dry-run': boolean,
  'max-age': text,
  'log-file': text,
  'log-level': text,
  'pid-file': text,
  inspect: text,
  json: boolean,
  count: text,
  timeout: text,
} as const;

type Option = keyof typeof OPTIONS;

interface Given {
  readonly has: (option: Option) => boolean;
  /** @throws AppError `usage` when it is no such number */
  readonly number: (
    option: Option,
    fallback: number,
    allowed: { min: number; max?: number; whole?: boolean },
  ) => number;
  /** Undefined when it is not given. @throws AppError `usage` when it is empty */
  readonly text: (option: Option) => string | undefined;
  readonly operand: string;
}

interface Verb {
  /** What follows the verb, as `--help` shows it. */
  readonly usage?: string;
  readonly about: string;
  readonly options?: readonly Option[];
  /** The one operand it needs. */
  readonly operand?: string;
  /** One it takes, but does not need. */
  readonly optional?: string;
  readonly command: (given: Given) => Command;
}

/** As they are written on the command line; the first one is no verb at all. */
const VERBS: Readonly<Record<string, Verb>> = {
  '': {
    usage: '[--no-update] [--inspect[=PORT]]',
    about:
      'run the daemon: EDDN and Spansh -> database -> listings; without Spansh; with the state inspector',
    options: ['no-update', 'inspect', 'log-file', 'log-level', 'pid-file'],
    command: ({ has, number, text }) => ({
      verb: 'run',
      overrides: overridesFrom(text),
      update: !has('no-update'),
      inspect: has('inspect') ? number('inspect', 0, { min: 0, max: 65_535, whole: true }) : null,
    }),
  },
  '--stats': {
    about: 'print what StationItem holds, and exit',
    command: () => ({ verb: 'stats' }),
  },
  '--export-live-now': {
    about: 'write listings-live.csv once, and exit',
    command: () => ({ verb: 'export-live' }),
  },
  '--export-dump-now': {
    about: 'write listings.csv once, and exit',
    command: () => ({ verb: 'export-dump' }),
  },
  import: {
    operand: 'FILE|URL|-',
    about: 'bring the database up to date with a Spansh dump (plain or gzip), and exit',
    usage: '[--max-age DAYS|all]',
    options: ['max-age'],
    command: ({ operand, has, number, text }) => ({
      verb: 'import',
      from: operand,
      maxAgeDays:
        text('max-age') === 'all'
          ? Infinity
          : has('max-age')
            ? number('max-age', 0, { min: 0.01 })
            : undefined,
    }),
  },
  publish: {
    about: 'write listings.csv, listings-live.csv and the table files from what the database has, and exit',
    command: () => ({ verb: 'publish' }),
  },
  purge: {
    usage: '[--dry-run]',
    about: 'delete the market rows that are older than purge_retention_days, and exit; or only count them',
    options: ['dry-run'],
    command: ({ has }) => ({ verb: 'purge', dryRun: has('dry-run') }),
  },
  maintain: {
    usage: '[--dry-run]',
    about: 'optimize and analyze the database, and exit; or only look whether that can be done',
    options: ['dry-run'],
    command: ({ has }) => ({ verb: 'maintain', dryRun: has('dry-run') }),
  },
  replay: {
    operand: 'FILE',
    about: 'write the EDDN messages of FILE (JSON lines, plain or gzip), and exit',
    command: ({ operand }) => ({ verb: 'replay', file: operand }),
  },
  sample: {
    usage: '[--count N] [--timeout S]',
    about: 'show the next N (10) markets of the relay; exit 1 when S (60) seconds bring fewer',
    options: ['count', 'timeout'],
    command: ({ number }) => ({
      verb: 'sample',
      count: number('count', 10, { min: 1, whole: true }),
      timeoutS: number('timeout', 60, { min: 0.1 }),
    }),
  },
  status: {
    about: 'say which daemon works on the data directory, and what it is doing; exit 1 when there is none',
    command: () => ({ verb: 'status' }),
  },
  'check-config': {
    about: 'check configuration, database, paths and what must be reached, a line each',
    command: () => ({ verb: 'check-config' }),
  },
  graph: {
    optional: 'MACHINE',
    usage: '[--json]',
    about: 'show one state machine, or all, as a Mermaid diagram or as JSON',
    options: ['json'],
    command: ({ has, operand }) => ({
      verb: 'graph',
      machine: operand === '' ? null : operand,
      json: has('json'),
    }),
  },
  '--help': { about: 'this text', command: () => ({ verb: 'help' }) },
  '--version': { about: 'name and version', command: () => ({ verb: 'version' }) },
};

/** Options that are verbs. */
const FLAGS = (Object.keys(OPTIONS) as Option[]).filter((option) => Object.hasOwn(VERBS, `--${option}`));

export const HELP = `tradedangerous-listener: live market data for a Trade Dangerous server

Usage:
${usageLines()}

The daemon also takes --log-file FILE, --log-level debug|info|warn|error and --pid-file FILE, which go before what the
configuration says.

The configuration is tradedangerous-listener-config.json in the working directory (or TD_LISTENER_CONFIG), the
database is what TD_DB_CONFIG says, else SQLite in ./data (or TD_DATA). See docs/configuration.md.

Exit codes: 0 done or stopped as asked, 1 failed, 2 wrong usage or set-up.
`;

/** @throws AppError `usage` */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const flags = FLAGS.filter((flag) => values[flag] === true);
  if (values.help === true) return { verb: 'help' };
  if (values.version === true) return { verb: 'version' };
  if (flags.length > 1) throw usage(`--${flags.join(' and --')} do not go together`);
  const [name = flags.length === 0 ? '' : `--${flags[0]}`, ...operands] = positionals;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) throw usage(`unknown command "${name}"`);

  const shown = name === '' ? 'the daemon' : name;
  const stray = (Object.keys(values) as Option[]).find(
    (option) => `--${option}` !== name && verb.options?.includes(option) !== true,
  );
  if (stray !== undefined) throw usage(`--${stray} does not go with ${shown}`);
  const operand = verb.operand ?? verb.optional;
  const most = operand === undefined ? 0 : 1;
  if (verb.operand !== undefined && operands.length === 0) throw usage(`${shown} needs a ${verb.operand}`);
  if (operands.length > most) {
    throw usage(
      `${shown} takes ${most === 0 ? 'no' : 'one'} ${operand ?? 'operand'}, not ${operands.length}`,
    );
  }
  return verb.command({
    has: (option) => values[option] !== undefined,
    number: (option, fallback, { min, max = Infinity, whole = false }) => {
      const written = values[option];
      const number = typeof written === 'string' ? Number(written) : fallback;
      const inRange = number >= min && number <= max;
      if (inRange && (Number.isInteger(number) || (!whole && Number.isFinite(number)))) return number;
      const range = max === Infinity ? `from ${min} on` : `from ${min} to ${max}`;
      throw usage(`--${option} must be a ${whole ? 'whole ' : ''}number ${range}`);
    },
    text: (option) => {
      const written = values[option];
      if (typeof written !== 'string' || written.trim() !== '') return written as string | undefined;
      throw usage(`--${option} is empty`);
    },
    operand: operands[0] ?? '',
  });
}

function overridesFrom(text: Given['text']): Overrides {
  const level = logLevel.unwrap().optional().safeParse(text('log-level'));
  if (!level.success) throw usage('--log-level must be debug, info, warn or error');
  const [logFile, pidFile] = [text('log-file'), text('pid-file')];
  return {
    ...(logFile !== undefined && { logFile }),
    ...(pidFile !== undefined && { pidFile }),
    ...(level.data !== undefined && { logLevel: level.data }),
  };
}

function parse(argv: readonly string[]) {
  // Alone it means its usual port; node's parser knows no option whose value may be left out.
  const args = argv.map((arg) => (arg === '--inspect' ? `--inspect=${INSPECTOR_PORT}` : arg));
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function usageLines(): string {
  const lines = Object.entries(VERBS).map(([name, { usage: follows, operand, optional, about }]) => ({
    call: ['tdl', name, operand, optional && `[${optional}]`, follows]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
    about,
  }));
  const width = Math.max(...lines.map(({ call }) => call.length));
  return lines.map(({ call, about }) => `  ${call.padEnd(width)}  ${about}`).join('\n');
}

function usage(message: string): AppError {
  return new AppError('usage', message, { advice: 'see --help' });
}
