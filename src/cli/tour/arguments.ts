import type { Command as Program } from 'commander';
import { AppError } from '../../domain/errors.ts';
import { addGroup } from '../group.ts';
import type { Format } from '../questions/arguments.ts';

/** How a plan is shown. */
export type PlanFormat = 'table' | 'json' | 'csv' | 'systems';

export interface PlanCommand {
  readonly verb: 'tour-plan';
  /** As the query API names them. */
  readonly query: Readonly<Record<string, string>>;
  readonly format: PlanFormat;
}

/** Of who flies. */
export const COMMANDER =
  'NAME@START or NAME@START@LY: START a system, SYSTEM/STATION or a market id; LY the laden jump range';

export const LIST_FORMATS = ['json', 'csv', 'systems'] as const;

export type TourCommand =
  | PlanCommand
  | { readonly verb: 'tour-list'; readonly format: Format }
  | { readonly verb: 'tour-show'; readonly id: string; readonly format: PlanFormat }
  | { readonly verb: 'tour-withdraw'; readonly id: string }
  | { readonly verb: 'tour-calibrate'; readonly files: readonly string[] };

export interface FormatOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly systems?: boolean;
}

type PlanOptions = FormatOptions & Readonly<Record<string, string | boolean | undefined>>;

export function addTourVerbs(program: Program, choose: (command: TourCommand) => void): void {
  const about = 'who looks at which stale markets, in which order: plan, list, show, withdraw and calibrate';
  const tour = addGroup(program, 'tour', about, ['plan', 'list', 'show', 'withdraw', 'calibrate']);
  tour
    .command('list')
    .description('show the tours that are kept, newest first')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .action((options: FormatOptions) =>
      choose({ verb: 'tour-list', format: chosenFormat(options, ['json', 'csv']) }),
    );
  withListFormats(tour.command('show').argument('<ID>', 'of the tour'))
    .description('show what is done of a tour, and what each commander has before him')
    .action((id: string, options: FormatOptions) =>
      choose({ verb: 'tour-show', id, format: chosenFormat(options, LIST_FORMATS) }),
    );
  tour
    .command('calibrate')
    .argument('<JOURNAL...>', "the game's journals of one commander")
    .description('show how well the times fit what a commander has flown, and what fits better')
    .action((files: string[]) => choose({ verb: 'tour-calibrate', files }));
  tour
    .command('withdraw')
    .argument('<ID>', 'of the tour')
    .description('end a tour')
    .action((id: string) => choose({ verb: 'tour-withdraw', id }));
  const plan = withListFormats(tour.command('plan').argument('<COMMANDER...>', COMMANDER))
    .description('divide stale markets among commanders, so that all are through as early as can be')
    .option('--near <PLACE>', 'around this system or x,y,z; else around the first commander')
    .option('--along <SYSTEMS>', 'along a route, systems separated by commas')
    .option('--within <LY>', 'light years around it (60)')
    .option('--older-than <TIME>', 'not seen for 90m, 12h, 7d (24h)')
    .option('--never-seen <KIND>', 'included, only or excluded');
  withStationFilter(plan)
    .option('--markets <IDS>', 'only these market ids, those of them that are stale')
    .option('--exclude <IDS>', 'market ids that are left to others')
    .option('--sort <ORDER>', 'which are taken where there are more: oldest or distance')
    .option('--stops <N>', 'markets of all tours together (60)')
    .option('--strategy <NAME>', 'vrp (or ortools), greedy, kmeans or geographic')
    .option('--jump-range <LY>', 'of those who give none (20)')
    .option('--return', 'tours end where they started')
    .option('--seed <N>', 'of what is left to chance (42)')
    .option('--time-limit <S>', 'seconds the solver may take (2)')
    .action((commanders: string[], options: PlanOptions) =>
      choose({ verb: 'tour-plan', ...planOf(commanders, options) }),
    );
}

/** Of commands that show who has what before him. */
export function withListFormats(verb: Program): Program {
  return verb
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV, a line a stop')
    .option('--systems', 'only the names of systems, to be pasted into the map one by one');
}

/** @throws AppError `usage`: two of them */
export function chosenFormat<F extends keyof FormatOptions>(
  options: FormatOptions,
  formats: readonly F[],
): F | 'table' {
  const [format, ...others] = formats.filter((each) => options[each]);
  if (others.length > 0) {
    const message = `--${[format, ...others].join(' and --')} do not go together`;
    throw new AppError('usage', message, { advice: 'take one' });
  }
  return format ?? 'table';
}

/** Which stations count. */
export function withStationFilter(verb: Program): Program {
  return verb
    .option('--min-pad <PAD>', 'S, M or L; unknown pads do not fit')
    .option('--max-ls <LS>', 'light seconds from the star; unknown ones do not fit')
    .option('--planetary <KIND>', 'included, only or excluded')
    .option('--carriers <KIND>', 'included, only or excluded (excluded)')
    .option('--megaships <KIND>', 'included or excluded (excluded)')
    .option('--groups <KINDS>', 'only these kinds of stations');
}

/** Options as the API names its parameters. */
export function asQuery(
  options: Readonly<Record<string, string | boolean | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function planOf(commanders: readonly string[], { json, csv, systems, ...rest }: PlanOptions) {
  const format = chosenFormat(
    Object.fromEntries(Object.entries({ json, csv, systems }).filter(([, value]) => value !== undefined)),
    LIST_FORMATS,
  );
  return { query: { ...asQuery(rest), commanders: commanders.join(',') }, format };
}
