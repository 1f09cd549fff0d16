import { InvalidArgumentError, Option, type Command as Program } from 'commander';
import { daysBetween } from '../../domain/eddn/archives.ts';
import { AppError } from '../../domain/errors.ts';
import { RESTART_POLICIES, type JobWork, type RestartPolicy } from '../../domain/jobs/job.ts';
import { JOB_LOG_LEVELS, type JobLogLevel } from '../../domain/ports/upkeep/jobs.ts';
import { addGroup } from '../group.ts';
import { day, noRange, number } from '../values.ts';

export type JobsCommand =
  | {
      readonly verb: 'jobs-create';
      readonly work: JobWork;
      readonly restart: RestartPolicy;
      /** Undefined: as many as are usual with the policy. */
      readonly maxRestarts: number | undefined;
    }
  | { readonly verb: 'jobs-list'; readonly json: boolean }
  | { readonly verb: 'jobs-show'; readonly id: string; readonly json: boolean }
  | {
      readonly verb: 'jobs-logs';
      readonly id: string;
      readonly level: JobLogLevel;
      /** ISO 8601. */
      readonly since: string | undefined;
      readonly json: boolean;
    }
  | { readonly verb: 'jobs-stop' | 'jobs-remove'; readonly id: string }
  /** What the daemon starts for a job. */
  | { readonly verb: 'run-job' };

interface CreateOptions {
  readonly restart: RestartPolicy;
  readonly maxRestarts?: number;
}

export function addJobsVerbs(program: Program, choose: (command: JobsCommand) => void): void {
  const about = 'work that the daemon does besides: create, list, show, logs, stop and remove';
  const jobs = addGroup(program, 'jobs', about, ['create', 'list', 'show', 'logs', 'stop', 'remove']);
  const create = addGroup(jobs, 'create', 'have the daemon do something: replay or backfill', [
    'replay',
    'backfill',
  ]);
  const order = (word: string) =>
    create
      .command(word)
      .addOption(
        new Option('--restart <POLICY>', 'when it begins again')
          .choices(RESTART_POLICIES)
          .default('on-failure'),
      )
      .option(
        '--max-restarts <N>',
        'at most so often (5 with on-failure, else without end)',
        number({ min: 0, whole: true }),
      );
  order('replay')
    .argument('<FILE...>', 'EDDN messages, one JSON text a line, plain or compressed, or a folder of them')
    .option('--again', 'of a folder, files that have been replayed before, too', false)
    .description('write the EDDN messages of files and archives')
    .action((files: string[], { again, restart, maxRestarts }: CreateOptions & { again: boolean }) =>
      choose({ verb: 'jobs-create', work: { kind: 'replay', files, again }, restart, maxRestarts }),
    );
  order('backfill')
    .requiredOption('--from <day>', 'YYYY-MM-DD, UTC', day)
    .requiredOption('--to <day>', 'the last one, as --from', day)
    .description('fetch days of the public archive and replay them')
    .action(({ from, to, restart, maxRestarts }: CreateOptions & { from: string; to: string }) => {
      if (daysBetween(from, to) === null) throw new AppError('usage', noRange(from, to));
      choose({ verb: 'jobs-create', work: { kind: 'backfill', from, to }, restart, maxRestarts });
    });
  jobs
    .command('list')
    .description('show the jobs, newest first')
    .option('--json', 'as JSON')
    .action(({ json = false }: { json?: boolean }) => choose({ verb: 'jobs-list', json }));
  jobs
    .command('show')
    .argument('<ID>', 'of the job')
    .description('show what a job does, and how it has ended')
    .option('--json', 'as JSON')
    .action((id: string, { json = false }: { json?: boolean }) => choose({ verb: 'jobs-show', id, json }));
  jobs
    .command('logs')
    .argument('<ID>', 'of the job')
    .description('show what a job has said, the newest thousand lines')
    .addOption(
      new Option('--level <LEVEL>', 'this one and what is worse').choices(JOB_LOG_LEVELS).default('debug'),
    )
    .option('--since <TIME>', 'ISO 8601, or 90s, 15m, 12h, 7d ago', since)
    .option('--json', 'as JSON, a line each')
    .action((id: string, options: { level: JobLogLevel; since?: string; json?: boolean }) =>
      choose({
        ...{ verb: 'jobs-logs', id, level: options.level, since: options.since },
        json: options.json ?? false,
      }),
    );
  for (const [word, description] of [
    ['stop', 'end a job, and say how it has ended'],
    ['remove', 'forget a job that has ended'],
  ] as const) {
    jobs
      .command(word)
      .argument('<ID>', 'of the job')
      .description(description)
      .action((id: string) => choose({ verb: `jobs-${word}`, id }));
  }
  program.command('run-job', { hidden: true }).action(() => choose({ verb: 'run-job' }));
}

const UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function since(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms =
    count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS_S[unit] ?? 0) * 1_000;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It is a time, 2026-11-28T12:00:00Z, or 15m.');
  return new Date(ms).toISOString();
}
