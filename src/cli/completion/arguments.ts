import { Argument, type Command as Program } from 'commander';

const SHELLS = ['bash', 'zsh'] as const;

export interface CompletionCommand {
  readonly verb: 'completion';
  readonly shell: (typeof SHELLS)[number];
}

export function addCompletionVerb(program: Program, choose: (command: CompletionCommand) => void): void {
  program
    .command('completion')
    .addArgument(new Argument('<SHELL>', 'whose').choices(SHELLS))
    .description('print what completes commands in a shell')
    .addHelpText('after', '\nbash: source <(tdl completion bash)   zsh: source <(tdl completion zsh)\n')
    .action((shell: CompletionCommand['shell']) => choose({ verb: 'completion', shell }));
}
