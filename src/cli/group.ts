import type { Command as Program } from 'commander';
import { AppError } from '../domain/errors.ts';

/** A command that is nothing without one of its words. @param words in the order they are told */
export function addGroup(
  program: Program,
  name: string,
  description: string,
  words: readonly string[],
): Program {
  const [last = '', ...others] = words.toReversed();
  const choice = others.reverse().join(', ');
  return program
    .command(name)
    .description(description)
    .argument('[words...]')
    .usage(words.join('|'))
    .helpCommand(false)
    .action(([word]: string[]) => {
      const what = word === undefined ? 'nothing' : `"${word}"`;
      throw new AppError('usage', `${name} takes ${choice} or ${last}, and got ${what}`, {
        advice: program.parent === null ? `see tdl help ${name}` : `see tdl ${program.name()} ${name} --help`,
      });
    });
}
