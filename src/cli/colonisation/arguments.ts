import type { Command as Program } from 'commander';
import { addGroup } from '../group.ts';
import {
  chosenFormat,
  withFormats,
  withSearch,
  type Format,
  type FormatOptions,
} from '../questions/arguments.ts';

type Query = Readonly<Record<string, string>>;

export type ColonisationCommand =
  | { readonly verb: 'colonisation-list'; readonly query: Query; readonly format: Format }
  | { readonly verb: 'colonisation-show'; readonly site: string; readonly format: Format }
  | { readonly verb: 'colonisation-reload' }
  | { readonly verb: 'colonisation-plan'; readonly query: Query; readonly format: Format }
  | { readonly verb: 'colonisation-shop'; readonly query: Query; readonly format: Format };

type Choose = (command: ColonisationCommand) => void;

/** What journals tell of builds. Options are named as the API names its parameters, which checks them. */
export function addColonisationVerbs(program: Program, choose: Choose): void {
  const about = 'what builds still need, and where to buy it: list, show, shop, plan and reload';
  const colonisation = addGroup(program, 'colonisation', about, ['list', 'show', 'shop', 'plan', 'reload']);
  withFormats(colonisation.command('list'))
    .description('show the builds that journals tell of')
    .option('--system <SYSTEM>', 'only in this system')
    .option('--state <STATE>', 'open, planned, building, complete, failed or all; else open')
    .option('--source <SOURCE>', 'journals, galaxy (feed and dump) or all; else journals, in a system all')
    .action(({ json, csv, ...query }: FormatOptions & Query) =>
      choose({ verb: 'colonisation-list', query, format: chosenFormat({ json, csv }) }),
    );
  withFormats(colonisation.command('show').argument('<SITE>', 'market id or name'))
    .description('show every good of a build, and who has brought how much')
    .action((site: string, options: FormatOptions) =>
      choose({ verb: 'colonisation-show', site, format: chosenFormat(options) }),
    );
  colonisation
    .command('reload')
    .description('have the daemon read all journals anew; what is known stays until all of them are read')
    .action(() => choose({ verb: 'colonisation-reload' }));
  withSearch(
    colonisation.command('shop').argument('[SITE...]', 'market ids or names; else all open builds'),
    null,
  )
    .description('show what builds still need, less what is on carriers and aboard, and who sells it')
    .option('--system <SYSTEM>', 'all open builds in this system')
    .option('--capacity <T>', 'tonnes a flight: how many flights that makes')
    .option('--on-carriers <WHICH>', 'what carriers hold counts: included or excluded')
    .option('--max-age <AGE>', 'only markets seen within this time: 12h; else 7d')
    .action((sites: string[], { json, csv, ...query }: FormatOptions & Query) =>
      choose({
        verb: 'colonisation-shop',
        query: { ...query, ...(sites.length > 0 && { sites: sites.join(',') }) },
        format: chosenFormat({ json, csv }),
      }),
    );
  withSearch(
    colonisation.command('plan').argument('[SITE...]', 'market ids or names; else all open builds'),
    null,
  )
    .description('show flights that bring everything builds need: where to buy how much of what')
    .option('--system <SYSTEM>', 'all open builds in this system')
    .option('--to <PLACE>', 'where it is brought: site:NAME, carrier:CALLSIGN or a system; else the builds')
    .option('--capacity <T>', 'tonnes a flight; else what the ship seen last carries')
    .option('--jump-range <LY>', 'with the cargo aboard (20)')
    .option('--on-carriers <WHICH>', 'what carriers hold counts: included or excluded')
    .option('--max-age <AGE>', 'only markets seen within this time: 12h; else 7d')
    .option('--plausible <WHICH>', 'markets whose prices are true, false or unknown; else true,unknown')
    .option('--stale-after <AGE>', 'suppliers not seen for this long are offered as a scout tour (24h)')
    .action((sites: string[], { json, csv, ...query }: FormatOptions & Query) =>
      choose({
        verb: 'colonisation-plan',
        query: { ...query, ...(sites.length > 0 && { sites: sites.join(',') }) },
        format: chosenFormat({ json, csv }),
      }),
    );
}
