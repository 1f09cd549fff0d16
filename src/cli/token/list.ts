import { formatTimestamp } from '../../domain/timestamp.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `token list [--json]`: a line each. */
export function run({ json }: { readonly json: boolean }): Promise<number> {
  return withStore(async (store) => {
    const tokens = (await store.tokens()).map(({ name, scopes, madeAtS }) => ({
      name,
      scopes,
      madeAt: `${formatTimestamp(madeAtS).replace(' ', 'T')}Z`,
    }));
    if (json) return say(`${JSON.stringify(tokens)}\n`);
    if (tokens.length === 0) return say('no tokens: nobody may write over HTTP\n');
    const width = Math.max(...tokens.map(({ name }) => name.length));
    const lines = tokens.map(
      ({ name, scopes, madeAt }) => `${name.padEnd(width)}  made ${madeAt}  ${scopes.join(', ')}\n`,
    );
    return say(lines.join(''));
  }, LOOKS_ONLY);
}
