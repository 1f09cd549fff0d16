import { InvalidArgumentError, type Command as Program } from 'commander';
import { isScope, isTokenName, SCOPES, type Scope } from '../../domain/access.ts';
import { addGroup } from '../group.ts';

export type TokenCommand =
  | { readonly verb: 'token-add'; readonly name: string; readonly scopes: readonly Scope[] }
  | { readonly verb: 'token-list'; readonly json: boolean }
  | { readonly verb: 'token-remove'; readonly name: string };

export function addTokenVerbs(program: Program, choose: (command: TokenCommand) => void): void {
  const about = 'who may write over HTTP: add, list and remove tokens';
  const token = addGroup(program, 'token', about, ['add', 'list', 'remove']);
  token
    .command('add')
    .argument('<NAME>', 'whose it is', tokenName)
    .requiredOption('--scope <SCOPES>', `what it is good for, of ${SCOPES.join(',')}`, scopes)
    .description('make a token and show it once')
    .action((name: string, { scope }: { scope: readonly Scope[] }) =>
      choose({ verb: 'token-add', name, scopes: scope }),
    );
  token
    .command('list')
    .option('--json', 'as JSON')
    .description('show names, scopes and ages; never the tokens')
    .action(({ json = false }: { json?: boolean }) => choose({ verb: 'token-list', json }));
  token
    .command('remove')
    .argument('<NAME>', 'whose it is', tokenName)
    .description('from now on nobody gets in with it')
    .action((name: string) => choose({ verb: 'token-remove', name }));
}

function tokenName(written: string): string {
  if (isTokenName(written)) return written;
  throw new InvalidArgumentError('Allowed: up to 64 letters, digits, ".", "_" and "-".');
}

function scopes(written: string): readonly Scope[] {
  const words = written.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no scope "${unknown}". Allowed: ${SCOPES.join(',')}.`);
  }
  return SCOPES.filter((scope) => words.includes(scope));
}
