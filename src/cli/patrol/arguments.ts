import type { Command as Program } from 'commander';
import { addGroup } from '../group.ts';
import type { Format } from '../questions/arguments.ts';
import {
  asQuery,
  chosenFormat,
  COMMANDER,
  LIST_FORMATS,
  withListFormats,
  withStationFilter,
  type FormatOptions,
  type PlanFormat,
} from '../tour/arguments.ts';

export type PatrolCommand =
  /** @property asked as the API names it */
  | { readonly verb: 'patrol-add'; readonly name: string; readonly asked: Readonly<Record<string, string>> }
  | { readonly verb: 'patrol-list'; readonly format: Format }
  | { readonly verb: 'patrol-show'; readonly name: string; readonly format: PlanFormat }
  | { readonly verb: 'patrol-remove'; readonly name: string };

type Options = Readonly<Record<string, string | boolean | undefined>>;

export function addPatrolVerbs(program: Program, choose: (command: PatrolCommand) => void): void {
  const about = 'regions of which no market may be older than so many hours: add, list, show and remove';
  const patrol = addGroup(program, 'patrol', about, ['add', 'list', 'show', 'remove']);
  const add = patrol
    .command('add')
    .argument('<NAME>', 'of the patrol: small letters, digits, ., _ and -')
    .argument('[COMMANDER...]', `who may be sent; ${COMMANDER}`)
    .description('keep a region at most so old, or change a patrol')
    .requiredOption('--max-age <TIME>', 'no market may be older: 12h, 7d')
    .option('--near <PLACE>', 'around this system or x,y,z')
    .option('--along <SYSTEMS>', 'along a route, systems separated by commas')
    .option('--within <LY>', 'light years around it (30)')
    .option('--once', 'end as soon as nothing is too old; else it stands')
    .option('--never-seen <KIND>', 'markets nobody has seen: included or excluded (included)');
  withStationFilter(add)
    .option('--share', 'also markets that another tour has')
    .option('--strategy <NAME>', 'vrp (or ortools), greedy, kmeans or geographic')
    .option('--jump-range <LY>', 'of those who give none (20)')
    .option('--seed <N>', 'of what is left to chance (42)')
    .option('--time-limit <S>', 'seconds the solver may take (2)')
    .action((name: string, commanders: string[], options: Options) =>
      choose({
        ...{ verb: 'patrol-add', name },
        asked: {
          ...asQuery(options),
          ...(commanders.length > 0 && { commanders: commanders.join(',') }),
        },
      }),
    );
  patrol
    .command('list')
    .description('show the patrols, and what they are short of')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .action((options: FormatOptions) =>
      choose({ verb: 'patrol-list', format: chosenFormat(options, ['json', 'csv']) }),
    );
  withListFormats(patrol.command('show').argument('<NAME>', 'of the patrol'))
    .description('show a patrol, and what its commanders have before them')
    .action((name: string, options: FormatOptions) =>
      choose({ verb: 'patrol-show', name, format: chosenFormat(options, LIST_FORMATS) }),
    );
  patrol
    .command('remove')
    .argument('<NAME>', 'of the patrol')
    .description('end a patrol, and call its commanders back')
    .action((name: string) => choose({ verb: 'patrol-remove', name }));
}
