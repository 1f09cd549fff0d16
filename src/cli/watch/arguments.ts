import type { Command as Program } from 'commander';
import { AppError } from '../../domain/errors.ts';
import { notEmpty, number } from '../values.ts';

/** @property market id, station, or SYSTEM/STATION; @property commodity symbol or name */
interface Wanted {
  readonly market: string | undefined;
  readonly commodity: string | undefined;
}

export type WatchCommand =
  | ({ readonly verb: 'sample'; readonly count: number; readonly timeoutS: number } & Wanted)
  /** @property within light years around `near` */
  | ({
      readonly verb: 'watch';
      readonly near: string | undefined;
      readonly within: number | undefined;
      readonly json: boolean;
    } & Wanted);

interface WantedOptions {
  readonly market?: string;
  readonly commodity?: string;
}

interface WatchOptions extends WantedOptions {
  readonly near?: string;
  readonly within?: number;
  readonly json?: boolean;
}

/** What comes, as it comes: of the relay, or of whoever tells what changes. */
export function addWatchVerbs(program: Program, choose: (command: WatchCommand) => void): void {
  withWanted(program.command('sample'))
    .description('show the next markets of the relay that would be accepted; exit 1 when fewer came')
    .option('--count <N>', 'so many', number({ min: 1, whole: true }), 10)
    .option('--timeout <S>', 'for so many seconds', number({ min: 0.1 }), 60)
    .action(({ count, timeout, ...wanted }: { count: number; timeout: number } & WantedOptions) =>
      choose({ verb: 'sample', count, timeoutS: timeout, ...wantedOf(wanted) }),
    );
  withWanted(program.command('watch'))
    .description('show what changes as it comes, the newest on top, until Ctrl-C')
    .option('--near <SYSTEM>', 'only around a system by name or id64, or a point x,y,z', notEmpty)
    .option('--within <LY>', 'light years around it; else 50', number({ min: 0.01, max: 100_000 }))
    .option('--json', 'a JSON object a line, as the API tells it')
    .action(({ near, within, json = false, ...wanted }: WatchOptions) => {
      if (within !== undefined && near === undefined)
        throw new AppError('usage', '--within needs --near', { advice: 'see --help' });
      choose({ verb: 'watch', ...wantedOf(wanted), near, within, json });
    });
}

function withWanted(verb: Program): Program {
  return verb
    .option('--market <ID|NAME>', 'only one market: its id, station, or SYSTEM/STATION', notEmpty)
    .option('--commodity <SYMBOL>', 'only one good: its symbol or name', notEmpty);
}

function wantedOf({ market, commodity }: WantedOptions): Wanted {
  return { market, commodity };
}
