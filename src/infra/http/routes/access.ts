import { z } from 'zod';
import { SCOPES, type Token } from '../../../domain/access.ts';
import { answerStoreError } from '../api/manners.ts';
import type { HttpApp } from '../app.ts';
import { bearerOf, findToken } from '../token.ts';

/** Which capabilities that are not for everybody are there. */
interface Offered {
  readonly tours: boolean;
  /** `public`: without a token, too. */
  readonly colonisation: 'off' | 'token' | 'public';
  /** And the log. */
  readonly jobs: boolean;
  /** Of prices. */
  readonly history: boolean;
  /** How a daemon is, and the files it publishes: a process that only serves has none. */
  readonly status: boolean;
}

export interface AccessRoutesDeps {
  readonly tokens: () => Promise<readonly Token[]>;
  readonly offered: Offered;
}

const Access = z.strictObject({
  /** Null: none was shown, or one that nobody knows. */
  token: z.strictObject({ name: z.string(), scopes: z.array(z.enum(SCOPES)).readonly() }).nullable(),
  offered: z.strictObject({
    tours: z.boolean(),
    colonisation: z.enum(['off', 'token', 'public']),
    jobs: z.boolean(),
    history: z.boolean(),
    status: z.boolean(),
  }),
});

/** `/api/v1/access`: what is there, and what a token is good for, so that a page shows what its reader may do. */
export function accessRoutes(app: HttpApp, { tokens, offered }: AccessRoutesDeps): void {
  app.setErrorHandler<Error>((error, _request, reply) => answerStoreError(error, reply));

  app.get('/api/v1/access', { schema: { response: { 200: Access } } }, async ({ headers }) => {
    const secret = bearerOf(headers.authorization);
    const found = secret === null ? undefined : findToken(await tokens(), secret);
    return { token: found === undefined ? null : { name: found.name, scopes: found.scopes }, offered };
  });
}
