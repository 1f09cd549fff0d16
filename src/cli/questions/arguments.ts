import { Option, type Command as Program } from 'commander';

/** How an answer is written: a table for people, the API's JSON, or CSV. */
export type Format = 'table' | 'json' | 'csv';

/** @property query parameters of the API, as they were written */
interface Question {
  readonly query: Readonly<Record<string, string>>;
  readonly format: Format;
}

export type QuestionCommand =
  | ({ readonly verb: 'find'; readonly commodity: string; readonly side: 'sellers' | 'buyers' } & Question)
  | ({ readonly verb: 'stale' } & Question)
  /** @property market an id, a station's name, or `SYSTEM/STATION` */
  | { readonly verb: 'market'; readonly market: string; readonly format: Format };

type Choose = (command: QuestionCommand) => void;

export interface FormatOptions {
  readonly json?: true | undefined;
  readonly csv?: true | undefined;
}

const LIMIT = '20';

/** Questions about the data. Their options are named as the API names its parameters, which checks them. */
export function addQuestionVerbs(program: Program, choose: Choose): void {
  withSearch(program.command('find').argument('<COMMODITY>', 'symbol, name or id'))
    .description('show who sells a good (or buys it), the best price first')
    .option('--buyers', 'who buys it')
    .option('--min-units <N>', 'tonnes in stock, or wanted, at least')
    .option('--min-price <CR>', 'credits a tonne at least')
    .option('--max-price <CR>', 'credits a tonne at most')
    .option('--max-age <AGE>', 'only markets seen within this time: 12h; else 7d')
    .option('--sort <BY>', 'price, distance or age')
    .action((commodity: string, { json, csv, buyers, ...query }: FormatOptions & { buyers?: true }) =>
      choose({
        ...{ verb: 'find', commodity, side: buyers === true ? 'buyers' : 'sellers' },
        ...{ query, format: chosenFormat({ json, csv }) },
      }),
    );
  withSearch(program.command('stale'))
    .description('show markets that nobody has seen for a while, oldest first')
    .option('--older-than <AGE>', 'not seen for this long: 12h; else 24h')
    .option('--never-seen <WHICH>', 'markets that nobody has seen yet: included, only or excluded')
    .option('--sort <BY>', 'oldest or distance')
    .action(({ json, csv, ...query }: FormatOptions) =>
      choose({ verb: 'stale', query, format: chosenFormat({ json, csv }) }),
    );
  withFormats(program.command('market').argument('<ID|NAME>', 'market id, station, or SYSTEM/STATION'))
    .description('show one market, with every good it trades')
    .action((market: string, options: FormatOptions) =>
      choose({ verb: 'market', market, format: chosenFormat(options) }),
    );
}

/** @param limit of the entries of a list; null: it is none */
export function withSearch(verb: Program, limit: string | null = LIMIT): Program {
  const search = withFormats(verb)
    .option('--near <SYSTEM>', 'around a system by name or id64, or a point x,y,z')
    .option('--within <LY>', 'light years around it; else 50')
    .option('--min-pad <PAD>', 'smallest landing pad that will do: S, M or L')
    .option('--max-ls <LS>', 'light seconds from the arrival star at most')
    .option('--planetary <WHICH>', 'stations on planets: included, only or excluded')
    .option('--carriers <WHICH>', 'fleet carriers: excluded unless told, included or only');
  return limit === null ? search : search.option('--limit <N>', 'so many, 1000 at most', limit);
}

export function withFormats(verb: Program): Program {
  return verb
    .option('--json', 'as JSON, as the API answers')
    .addOption(new Option('--csv', 'as CSV').conflicts('json'));
}

export function chosenFormat({ json, csv }: FormatOptions): Format {
  return json === true ? 'json' : csv === true ? 'csv' : 'table';
}
