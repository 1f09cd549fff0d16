import type { Command as Program, Option } from 'commander';
import { quoted } from '../../domain/shell.ts';

/** A word that can be typed, and what it does. */
export interface Offer {
  readonly word: string;
  readonly about: string;
}

/** What comes after an option, or as the words of a command. */
export type Values = readonly string[] | 'files' | 'unknown';

/** What can be typed after the words of a command. */
export interface Place {
  /** ` tour plan`; empty: after `tdl`. */
  readonly path: string;
  readonly commands: readonly Offer[];
  readonly options: readonly Offer[];
  readonly words: Values;
  /** Of the options that take a value. */
  readonly values: readonly (readonly [option: string, values: Values])[];
}

/** Every place of a table of commands. @param path of the command */
export function placesOf(command: Program, path = ''): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const options = help.visibleOptions(command);
  const offers = commands.map((each) => ({ word: each.name(), about: summary(each.description()) }));
  const [argument] = command.registeredArguments;
  const here: Place = {
    path,
    commands: offers,
    options: options.map((option) => ({ word: longOf(option), about: summary(option.description) })),
    words: argument === undefined ? [] : valuesOf(argument.name(), argument.argChoices),
    values: options
      .filter(({ required }) => required)
      .map((option) => [longOf(option), valuesOf(option.flags, option.argChoices)]),
  };
  const others = commands.flatMap((each): Place[] =>
    // `help` is no command of the table, and takes the name of one.
    command.commands.includes(each)
      ? placesOf(each, `${path} ${each.name()}`)
      : [{ path: `${path} help`, commands: offers, options: [], words: [], values: [] }],
  );
  return [here, ...others];
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return choices;
  return /file|journal/i.test(name) ? 'files' : 'unknown';
}

function longOf({ long, short }: Option): string {
  return long ?? short ?? '';
}

/** The first line, as far as it says what to do. */
function summary(text: string): string {
  return text.split('\n', 1).join();
}

/** What both shells match: a pattern a place, and what comes after an option. @param fill completes a value */
export function patternsOf(places: readonly Place[], fill: (values: Values) => string) {
  return {
    paths: places.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join(' | '),
    values: places
      .flatMap(({ path, values }) =>
        values.map(([option, each]) => `    ${quoted(`${path} ${option}`)}) ${fill(each)}; return ;;`),
      )
      .join('\n'),
  };
}
