/** What a token may be good for; what is public needs none. */
export const SCOPES = ['journal', 'tours', 'subscriptions', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** What is kept of a token: enough to know it again, nothing to make it from. */
export interface Token {
  /** Unique; see {@link isTokenName}. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the whole token, hexadecimal. */
  readonly hash: string;
  /** When it was made, epoch seconds. */
  readonly madeAtS: number;
}

/** Letters, digits, `.`, `_` and `-`, at most 64. */
export function isTokenName(name: string): boolean {
  return /^[\w.-]{1,64}$/.test(name);
}

export function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}
