import type { Scope } from '../../domain/access.ts';
import { AppError } from '../../domain/errors.ts';
import type { TokenStore } from '../../domain/ports/store/token-store.ts';
import { hashToken, makeToken } from '../../infra/http/token.ts';

/**
 * @returns the new token, which nothing else will ever tell
 * @throws AppError `usage` when there is one of that name
 */
export async function issueToken(
  store: Pick<TokenStore, 'addToken'>,
  name: string,
  scopes: readonly Scope[],
): Promise<string> {
  const token = makeToken();
  const madeAtS = Math.floor(Date.now() / 1000);
  if (await store.addToken({ name, scopes, hash: hashToken(token), madeAtS })) return token;
  throw new AppError('usage', `there is a token "${name}" already`, {
    advice: `another name, or first: tdl token remove ${name}`,
  });
}
