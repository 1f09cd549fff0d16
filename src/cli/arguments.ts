import { Command as Program, CommanderError, Option } from 'commander';
import type { Overrides } from '../app/bootstrap.ts';
import { AppError } from '../domain/errors.ts';
import { daysBetween } from '../domain/eddn/archives.ts';
import { didYouMean } from '../domain/nearest.ts';
import { addPatrolVerbs, type PatrolCommand } from './patrol/arguments.ts';
import { addJobsVerbs, type JobsCommand } from './jobs/arguments.ts';
import { addJournalVerbs, type JournalCommand } from './journal/arguments.ts';
import { addColonisationVerbs, type ColonisationCommand } from './colonisation/arguments.ts';
import { addCompletionVerb, type CompletionCommand } from './completion/arguments.ts';
import { addQuestionVerbs, type QuestionCommand } from './questions/arguments.ts';
import { addTokenVerbs, type TokenCommand } from './token/arguments.ts';
import { addTourVerbs, type TourCommand } from './tour/arguments.ts';
import { address, day, noRange, notEmpty, number } from './values.ts';
import { addWatchVerbs, type WatchCommand } from './watch/arguments.ts';

/** A verb with what it was told. Each is a file of this folder (`main.ts` has the table). */
export type Command =
  /** @property inspect port of the state inspector; null: not attached */
  | {
      readonly verb: 'daemon';
      readonly update: boolean;
      readonly inspect: number | null;
      readonly overrides: Overrides;
    }
  | { readonly verb: 'stats' | 'publish' | 'check-config' | 'yield' }
  /** @property listen null: as configured */
  | { readonly verb: 'serve'; readonly listen: { readonly host: string; readonly port: number } | null }
  | { readonly verb: 'status'; readonly json: boolean }
  | { readonly verb: 'export'; readonly scope: 'live' | 'all' }
  | { readonly verb: 'purge'; readonly dryRun: boolean; readonly force: boolean; readonly repair: boolean }
  | { readonly verb: 'maintain'; readonly dryRun: boolean }
  /** @property maxAgeDays undefined: as configured */
  | { readonly verb: 'import'; readonly from: string; readonly maxAgeDays: number | undefined }
  | { readonly verb: 'backfill'; readonly days: readonly string[]; readonly dryRun: boolean }
  | { readonly verb: 'replay'; readonly from: readonly string[]; readonly again: boolean }
  | { readonly verb: 'graph'; readonly machine: string | null; readonly json: boolean }
  | WatchCommand
  | TokenCommand
  | QuestionCommand
  | TourCommand
  | ColonisationCommand
  | JournalCommand
  | PatrolCommand
  | JobsCommand
  | CompletionCommand
  /** Help or the version: said, and nothing else done. */
  | { readonly verb: 'say'; readonly text: string };

/** Where the state inspector listens if nothing else is said, on the loopback interface. */
export const INSPECTOR_PORT = 8391;

const AFTER_HELP = `
The configuration is tradedangerous-listener-config.json in the working directory (or TD_LISTENER_CONFIG), the
database is what TD_DB_CONFIG says, else SQLite in ./data (or TD_DATA). See docs/configuration.md.

Exit codes: 0 done or stopped as asked, 1 failed, 2 wrong usage or set-up.
`;

/**
 * @param version what `--version` says
 * @throws AppError `usage`
 */
export function parseArguments(argv: readonly string[], version = ''): Command {
  let command: Command | undefined;
  let text = '';
  const program = createProgram({
    choose: (chosen) => (command = chosen),
    say: (said) => (text += said),
    version,
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { verb: 'say', text };
    const [message = '', guess] = error.message.replace(/^error: /, '').split('\n');
    if (error.code === 'commander.help') throw usage('there is no such command to tell of');
    throw usage(message.replace(/\.$/, ''), guess?.replace(/[()]/g, '').replace('Did', 'did'));
  }
  if (command === undefined) throw new Error('every verb chooses its command');
  return command;
}

/** The table of every command and option, told which command was parsed, and what help says. */
export function createProgram({
  choose = () => undefined,
  say = () => undefined,
  version = '',
}: {
  readonly choose?: Choose;
  readonly say?: (text: string) => void;
  readonly version?: string;
} = {}): Program {
  const program = new Program('tdl')
    .exitOverride()
    .configureOutput({ writeOut: say, writeErr: () => undefined })
    .version(version, '--version', 'name and version');
  addDaemon(program, choose);
  addVerbs(program, choose);
  addQuestionVerbs(program, choose);
  addTokenVerbs(program, choose);
  addTourVerbs(program, choose);
  addColonisationVerbs(program, choose);
  addJournalVerbs(program, choose);
  addPatrolVerbs(program, choose);
  addWatchVerbs(program, choose);
  addJobsVerbs(program, choose);
  addCompletionVerb(program, choose);
  return program;
}

const SEE_HELP = 'see --help';

type Choose = (command: Command) => void;

interface RootOptions {
  readonly update: boolean;
  readonly inspect?: number | true;
  readonly logFile?: string;
  readonly pidFile?: string;
  readonly logLevel?: NonNullable<Overrides['logLevel']>;
  readonly stats?: true;
  readonly exportLiveNow?: true;
  readonly exportDumpNow?: true;
}

const ONE_SHOTS = {
  stats: { verb: 'stats' },
  exportLiveNow: { verb: 'export', scope: 'live' },
  exportDumpNow: { verb: 'export', scope: 'all' },
} as const satisfies Partial<Record<keyof RootOptions, Command>>;

/** The program without a verb: the daemon, or one of the reference's one-shots, which are options there. */
function addDaemon(program: Program, choose: Choose): void {
  program
    .description(
      'Live market data for a Trade Dangerous server. Without a command it runs the daemon:\n' +
        'EDDN and Spansh -> database -> listings.',
    )
    .usage('[options] [command]')
    .argument('[words...]')
    .option('--no-update', 'the daemon without Spansh')
    .addOption(
      new Option(
        '--inspect [port]',
        `the daemon with the state inspector (port ${INSPECTOR_PORT})`,
      ).argParser(number({ min: 0, max: 65_535, whole: true })),
    )
    .option('--log-file <file>', 'goes before log_file of the configuration', notEmpty)
    .addOption(
      new Option('--log-level <level>', 'goes before log_level').choices(['debug', 'info', 'warn', 'error']),
    )
    .option('--pid-file <file>', 'goes before pid_file', notEmpty)
    .addOption(oneShot('--stats', 'print what StationItem holds, and exit'))
    .addOption(oneShot('--export-live-now', 'write listings-live.csv once, and exit'))
    .addOption(oneShot('--export-dump-now', 'write listings.csv once, and exit'))
    .enablePositionalOptions()
    .passThroughOptions()
    .helpCommand('help [command]', 'tell more of a command')
    .addHelpText('after', AFTER_HELP)
    .hook('preAction', (_, verb) => {
      const given = program.options.find((option) => {
        const source = program.getOptionValueSource(option.attributeName());
        return source !== undefined && source !== 'default';
      });
      if (verb !== program && given !== undefined) {
        throw usage(`${given.long} does not go with ${verb.name()}`);
      }
    })
    .action(([word]: string[], options: RootOptions) => {
      if (word !== undefined) {
        const known = [...program.commands.map((each) => each.name()), 'help'];
        throw usage(`unknown command "${word}"`, didYouMean(word, known, SEE_HELP));
      }
      const asked = (Object.keys(ONE_SHOTS) as (keyof typeof ONE_SHOTS)[]).find((key) => options[key]);
      choose(asked === undefined ? daemon(options) : ONE_SHOTS[asked]);
    });
}

function daemon({ update, inspect, logFile, pidFile, logLevel }: RootOptions): Command {
  return {
    verb: 'daemon',
    update,
    inspect: inspect === true ? INSPECTOR_PORT : (inspect ?? null),
    overrides: {
      ...(logFile !== undefined && { logFile }),
      ...(pidFile !== undefined && { pidFile }),
      ...(logLevel !== undefined && { logLevel }),
    },
  };
}

function addVerbs(program: Program, choose: Choose): void {
  program
    .command('import')
    .argument('<FILE|URL|->', 'the dump, plain or gzip; - is standard input')
    .description('bring the database up to date with a Spansh dump, and exit')
    .option('--max-age <DAYS|all>', 'leave out what is older; else as import_max_age_days says', maxAge)
    .action((from: string, options: { maxAge?: number }) =>
      choose({ verb: 'import', from, maxAgeDays: options.maxAge }),
    );
  program
    .command('publish')
    .description('write every public file from what the database has, and exit')
    .action(() => choose({ verb: 'publish' }));
  program
    .command('purge')
    .description('delete the market rows that are older than purge_retention_days, and exit')
    .option('--dry-run', 'only count them')
    .option('--force', 'also when that is nearly everything')
    .option('--repair', 'mend what has a time ahead of the clock, too')
    .action(
      ({
        dryRun = false,
        force = false,
        repair = false,
      }: {
        dryRun?: boolean;
        force?: boolean;
        repair?: boolean;
      }) => choose({ verb: 'purge', dryRun, force, repair }),
    );
  program
    .command('maintain')
    .description('optimize and analyze the database, and exit')
    .option('--dry-run', 'only look whether that can be done')
    .action(({ dryRun = false }: { dryRun?: boolean }) => choose({ verb: 'maintain', dryRun }));
  program
    .command('replay')
    .argument(
      '<FILE...>',
      'EDDN messages, one JSON text a line, plain, gzip, bzip2 or zstd; a folder of them; - is standard input',
    )
    .option('--again', 'of a folder, files that have been replayed before, too', false)
    .description('write the EDDN messages of files and archives, and exit')
    .action((from: string[], { again }: { again: boolean }) => choose({ verb: 'replay', from, again }));
  program
    .command('backfill')
    .requiredOption('--from <day>', 'YYYY-MM-DD, UTC', day)
    .requiredOption('--to <day>', 'the last one, as --from', day)
    .option('--dry-run', 'say what would be fetched, and fetch nothing', false)
    .description('fetch days of the public archive and replay them, and exit')
    .action(({ from, to, dryRun }: { from: string; to: string; dryRun: boolean }) => {
      const days = daysBetween(from, to);
      if (days === null) throw usage(noRange(from, to));
      choose({ verb: 'backfill', days, dryRun });
    });
  program
    .command('serve')
    .description('API, push and pages only, from the database (or its replica): any number beside daemons')
    .option('--listen <host:port>', 'goes before http_listen', address)
    .action(({ listen }: { listen?: { host: string; port: number } }) =>
      choose({ verb: 'serve', listen: listen ?? null }),
    );
  program
    .command('status')
    .description('say which daemon works on the data directory, and what it does; exit 1 when there is none')
    .option('--json', 'as JSON, with everything that /status tells')
    .action(({ json = false }: { json?: boolean }) => choose({ verb: 'status', json }));
  program
    .command('yield')
    .description('have another daemon on the same database do what only one does, and exit')
    .action(() => choose({ verb: 'yield' }));
  program
    .command('check-config')
    .description('check configuration, database, paths and what must be reached, a line each')
    .action(() => choose({ verb: 'check-config' }));
  program
    .command('graph')
    .argument('[MACHINE]', 'one machine; else all')
    .description('show the state machines as Mermaid diagrams')
    .option('--json', 'or as JSON')
    .action((machine: string | undefined, { json = false }: { json?: boolean }) =>
      choose({ verb: 'graph', machine: machine ?? null, json }),
    );
}

/** Alone, as the reference has it. */
function oneShot(flag: string, about: string): Option {
  const others = [...Object.keys(ONE_SHOTS), 'update', 'inspect', 'logFile', 'logLevel', 'pidFile'];
  const option = new Option(flag, about);
  return option.conflicts(others.filter((other) => other !== option.attributeName()));
}

function maxAge(written: string): number {
  return written === 'all' ? Infinity : number({ min: 0.01 })(written);
}

function usage(message: string, advice = SEE_HELP): AppError {
  return new AppError('usage', message, { advice });
}
