import { createProgram } from '../arguments.ts';
import { say } from '../say.ts';
import type { CompletionCommand } from './arguments.ts';
import { bashScript } from './bash.ts';
import { placesOf } from './places.ts';
import { zshScript } from './zsh.ts';

/** `completion bash|zsh`: what a shell reads to complete commands, made of the table of commands. */
export function run({ shell }: CompletionCommand): Promise<number> {
  const places = placesOf(createProgram());
  return Promise.resolve(say(shell === 'bash' ? bashScript(places) : zshScript(places)));
}
