import type { Token } from '../../access.ts';

/**
 * Who may write over HTTP, kept in the database: every daemon on it knows them. As with the other ports every method may
 * be called first, and rejects with a StoreError when the database does not answer.
 */
export interface TokenStore {
  /** By name; empty where there is no table of tokens. Makes nothing. */
  tokens(): Promise<Token[]>;

  /**
   * Makes the tables of our own where there are none.
   * @returns false: there is one of that name, which stays
   * @throws StoreError `refused` where tables of our own are turned off
   */
  addToken(token: Token): Promise<boolean>;

  /** @returns false: there is none of that name */
  removeToken(name: string): Promise<boolean>;
}
