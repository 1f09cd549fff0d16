import { issueToken } from '../../app/http/tokens.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';
import type { TokenCommand } from './arguments.ts';

/** `token add NAME --scope ...`: the token alone on standard output, so that a script can take it. */
export function run({ name, scopes }: Extract<TokenCommand, { verb: 'token-add' }>): Promise<number> {
  return withStore(async (store) => {
    const token = await issueToken(store, name, scopes);
    process.stderr.write(`token ${name} (${scopes.join(', ')}), shown this once:\n`);
    return say(`${token}\n`);
  });
}
