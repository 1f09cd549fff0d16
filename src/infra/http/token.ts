import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Token } from '../../domain/access.ts';

/** As many as nobody can try: a plain hash is as good as a slow one. */
const SECRET_BYTES = 32;

/** @returns a new token, to be shown once */
export function makeToken(): string {
  return `tdl_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** @returns hexadecimal */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Takes the same time whatever part of a hash is the same. */
export function findToken(tokens: readonly Token[], token: string): Token | undefined {
  const hash = Buffer.from(hashToken(token));
  return tokens.find((each) => timingSafeEqual(Buffer.from(each.hash), hash));
}

/** @returns the token that `Authorization` shows; null: it shows none */
export function bearerOf(authorization = ''): string | null {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1] ?? null;
}
