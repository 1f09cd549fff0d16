import { isScope, type Token } from '../../../domain/access.ts';
import { StoreError } from '../../../domain/errors.ts';

export const TOKEN_TABLE = 'tdl_token';

/** In the order in which {@link tokenOf} takes them. */
export const TOKEN_COLUMNS = 'name, scopes, hash, made_s';

export function tokenOf([name, scopes, hash, madeAtS]: readonly unknown[]): Token {
  // A scope that a newer version of this program knows is none here.
  const known = String(scopes).split(',').filter(isScope);
  return { name: String(name), scopes: known, hash: String(hash), madeAtS: Number(madeAtS) };
}

export function noOwnTables(): StoreError {
  return new StoreError('refused', 'what is kept in tables of our own is kept nowhere: own_tables is false', {
    advice: 'set own_tables to true',
  });
}
