import type { Mutation } from './mutation.ts';

const GUARD = 'test/integration/http-guard.test.ts';

/** Of who may do what over HTTP. */
export const ACCESS_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'nobody writes without a token',
    fault: 'a token for something else is let in',
    file: 'src/infra/http/guard.ts',
    from: 'if (!token.scopes.includes(scope)) {',
    to: 'if (token.scopes.length === 0) {',
    tests: [GUARD],
  },
  {
    guarantee: 'nobody writes without a token',
    fault: 'a route may forget to say what it requires',
    file: 'src/infra/http/guard.ts',
    from: 'if (writes.length > 0 && config?.requires === undefined) {',
    to: 'if (writes.length > 9 && config?.requires === undefined) {',
    tests: [GUARD],
  },
  {
    guarantee: 'no page of another site writes',
    fault: 'any Origin is taken',
    file: 'src/infra/http/guard.ts',
    from: 'if (origin === undefined) return null;',
    to: 'if (origin !== null) return null;',
    tests: [GUARD],
  },
  {
    guarantee: 'strangers are told no host, path or database',
    fault: 'the name by which is asked is not looked at',
    file: 'src/infra/http/asker.ts',
    from: 'isOwnName(hostname) && (',
    to: '(isOwnName(hostname) || true) && (',
    tests: ['test/integration/http-routes.test.ts'],
  },
  {
    guarantee: 'a connection gets one answer at a time',
    fault: 'what is asked behind an answer under way is answered beside it',
    file: 'src/infra/http/connections.ts',
    from: 'if (current !== undefined) {',
    to: 'if (current === null) {',
    tests: ['test/integration/http-limits.test.ts'],
  },
];
