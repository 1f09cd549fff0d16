import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Token } from '../../src/domain/access.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { HttpApp } from '../../src/infra/http/app.ts';
import { hashToken, makeToken } from '../../src/infra/http/token.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { testApart } from '../support/apart.ts';
import { writeConfig } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { ask, startHttp } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const Tour = z.strictObject({ stops: z.number() });

/** A subject as production has them: one page for all, one for who has the scope, and one that writes. */
function subject() {
  const written: (string | null)[] = [];
  const routes = (app: HttpApp) => {
    app.get('/public', (request) => ({ name: request.tokenName }));
    app.get('/position', { config: { requires: 'journal' } }, () => ({ system: 'Sol' }));
    app.post('/tours', { config: { requires: 'tours' }, schema: { body: Tour } }, (request) => {
      written.push(request.tokenName);
      return { name: request.tokenName };
    });
  };
  return { routes, written };
}

const SECRETS = { pilot: makeToken(), planner: makeToken() };
const TOKENS: readonly Token[] = [
  { name: 'pilot', scopes: ['journal'], hash: hashToken(SECRETS.pilot), madeAtS: 0 },
  { name: 'planner', scopes: ['tours', 'operate'], hash: hashToken(SECRETS.planner), madeAtS: 0 },
];

async function guarded({
  tokens = () => Promise.resolve(TOKENS),
  names = [],
}: { tokens?: () => Promise<readonly Token[]>; names?: string[] } = {}) {
  const { routes, written } = subject();
  const { url } = await startHttp([routes], { guard: { tokens, names } });
  const post = (headers: Record<string, string>, body = '{"stops":3}') =>
    ask(`${url}/tours`, { 'content-type': 'application/json', ...headers }, 'POST', body);
  return { url, written, post, port: new URL(url).port };
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const said = (bytes: Buffer) => JSON.parse(bytes.toString()) as { error?: string };

describe('a route that requires a scope', () => {
  test('answers who has it, and knows who that is', async () => {
    const { url, post, written } = await guarded();
    const { status, bytes } = await post(bearer(SECRETS.planner));
    expect([status, said(bytes)]).toEqual([200, { name: 'planner' }]);
    expect(written).toEqual(['planner']);
    expect((await ask(`${url}/position`, bearer(SECRETS.pilot))).status).toBe(200);
    // The scheme's name has no case.
    expect((await post({ authorization: `bearer ${SECRETS.planner}` })).status).toBe(200);
  });

  test.each([
    ['nothing', {}],
    ['another scheme', { authorization: `Basic ${SECRETS.planner}` }],
    ['the token alone', { authorization: SECRETS.planner }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: `Bearer ${SECRETS.planner} ${SECRETS.planner}` }],
  ])('is a 401 that says how, with %s', async (_, headers: Record<string, string>) => {
    const { post, written } = await guarded();
    const { status, headers: answered, bytes } = await post(headers);
    expect(status).toBe(401);
    expect(answered['www-authenticate']).toBe('Bearer realm="tradedangerous-listener", scope="tours"');
    expect(said(bytes).error).toBe('this takes a token with the scope tours');
    expect(written).toEqual([]);
  });

  test.each([
    ['an unknown one', makeToken()],
    ['a cut one', SECRETS.planner.slice(0, -1)],
    ['one with more', `${SECRETS.planner}A`],
    ['one in another case', SECRETS.planner.toUpperCase()],
    ['its hash', hashToken(SECRETS.planner)],
  ])('is a 401 with %s', async (_, secret) => {
    const { post, written } = await guarded();
    const { status, headers, bytes } = await post(bearer(secret));
    expect([status, said(bytes).error]).toEqual([401, 'nobody knows this token']);
    expect(headers['www-authenticate']).toMatch(/, error="invalid_token"$/);
    expect(written).toEqual([]);
  });

  test('is a 403 for a token that is good for something else', async () => {
    const { url, post, written } = await guarded();
    const { status, headers, bytes } = await post(bearer(SECRETS.pilot));
    expect([status, said(bytes).error]).toEqual([
      403,
      'this takes the scope tours, which token pilot does not have',
    ]);
    expect(headers['www-authenticate']).toMatch(/scope="tours", error="insufficient_scope"$/);
    expect((await ask(`${url}/position`, bearer(SECRETS.planner))).status).toBe(403);
    expect(written).toEqual([]);
  });

  test('takes HEAD under the same rule, and looks at nothing of the body before', async () => {
    const { url, post } = await guarded();
    expect((await ask(`${url}/position`, {}, 'HEAD')).status).toBe(401);
    expect((await ask(`${url}/position`, bearer(SECRETS.pilot), 'HEAD')).status).toBe(200);
    expect((await post({}, '{"stops"')).status).toBe(401);
    expect((await post(bearer(SECRETS.planner), '{"stops"')).status).toBe(400);
  });

  test('leaves the others as they are', async () => {
    const { url } = await guarded();
    const { status, bytes } = await ask(`${url}/public`, bearer('nonsense'));
    expect([status, said(bytes)]).toEqual([200, { name: null }]);
    expect((await ask(`${url}/public`, {}, 'POST')).status).toBe(405);
    expect((await ask(`${url}/nowhere`, {}, 'POST')).status).toBe(404);
  });

  test('asks the database once for what comes within a moment', async () => {
    const asked = vi.fn(() => Promise.resolve(TOKENS));
    const { post } = await guarded({ tokens: asked });
    const many = await Promise.all(Array.from({ length: 20 }, () => post(bearer(SECRETS.planner))));
    expect(many.every(({ status }) => status === 200)).toBe(true);
    expect(asked.mock.calls.length).toBeLessThan(20);
  });

  test('is a 503 while the database is away, and asks it again', async () => {
    let away = true;
    const tokens = () =>
      away ? Promise.reject(new StoreError('unavailable', 'away')) : Promise.resolve(TOKENS);
    const { post, written } = await guarded({ tokens });
    const { status, headers, bytes } = await post(bearer(SECRETS.planner));
    expect([status, headers['retry-after'], said(bytes).error]).toEqual([
      503,
      '5',
      'tokens cannot be read now: try again',
    ]);
    expect(written).toEqual([]);
    away = false;
    expect((await post(bearer(SECRETS.planner))).status).toBe(200);
  });
});

describe('writing', () => {
  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['192.0.2.7', true],
    ['td.example.org', true],
    ['TD.example.org', true],
    ['evil.example', false],
    ['td.example.org.evil.example', false],
    ['nonsense/', false],
  ])('for the host %s is taken: %s', async (host, isTaken) => {
    const { post, written } = await guarded({ names: ['td.example.org'] });
    const { status, bytes } = await post({ ...bearer(SECRETS.planner), host: `${host}:8390` });
    expect(status, bytes.toString()).toBe(isTaken ? 200 : 403);
    if (!isTaken) expect(said(bytes).error).toMatch(/^this server is not called .*http_names$/);
    expect(written).toHaveLength(isTaken ? 1 : 0);
  });

  test.each([
    ['its own page', (port: string) => `http://127.0.0.1:${port}`, true],
    ['a page under one of its names', () => 'https://td.example.org', true],
    ['another port', () => 'http://127.0.0.1:1', false],
    ['another site', () => 'https://evil.example', false],
    ['a file or a sandbox', () => 'null', false],
  ])('from %s is taken: %s', async (_, origin, isTaken) => {
    const { post, port, written } = await guarded({ names: ['td.example.org'] });
    const { status, bytes } = await post({ ...bearer(SECRETS.planner), origin: origin(port) });
    expect(status, bytes.toString()).toBe(isTaken ? 200 : 403);
    if (!isTaken) expect(said(bytes).error).toMatch(/^pages of .* may not write here$/);
    expect(written).toHaveLength(isTaken ? 1 : 0);
  });

  test('from its own page behind a proxy that ends TLS is taken', async () => {
    const { post } = await guarded({ names: ['td.example.org'] });
    const headers = { host: 'td.example.org', origin: 'https://td.example.org' };
    expect((await post({ ...bearer(SECRETS.planner), ...headers })).status).toBe(200);
  });

  test('without a scope cannot be offered', async () => {
    const forgetful = (app: HttpApp) => app.post('/tours', () => ({}));
    const guard = { tokens: () => Promise.resolve([]), names: [] };
    await expect(startHttp([(app) => void forgetful(app)], { guard })).rejects.toThrow(
      'POST /tours writes, and says no scope that it requires',
    );
  });
});

testApart(
  'a token made on the command line is good at once, and for nothing when it is removed',
  async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const tdl = (...args: string[]) => runHere({ cwd, args: ['token', ...args] });
    const made = await tdl('add', 'planner', '--scope', 'tours,operate');
    expect(made).toMatchObject({
      code: 0,
      stderr: 'token planner (tours, operate), shown this once:\n',
    });
    expect(made.stdout).toMatch(/^tdl_[\w-]{43}\n$/);
    const secret = made.stdout.trim();

    const store = createSqliteStore({ file: join(cwd, 'data/TradeDangerous.db'), generation: 'auto' });
    const { post } = await guarded({ tokens: () => store.tokens() });
    const status = async () => (await post(bearer(secret))).status;
    expect(await status()).toBe(200);

    const listed = await tdl('list');
    expect(listed.stdout).toMatch(/^planner {2}made \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}tours, operate\n$/);
    const [told] = JSON.parse((await tdl('list', '--json')).stdout) as Record<string, unknown>[];
    expect(Object.keys(told!)).toEqual(['name', 'scopes', 'madeAt']);
    expect((await tdl('add', 'planner', '--scope', 'tours')).stderr).toMatch(
      /^there is a token "planner" already \(another name, or first: tdl token remove planner\)\n$/,
    );
    expect(await tdl('remove', 'planer')).toMatchObject({
      code: 2,
      stderr: 'there is no token "planer" (did you mean planner?)\n',
    });
    expect(await status()).toBe(200);

    expect((await tdl('remove', 'planner')).code).toBe(0);
    await until(async () => (await status()) === 401);
    expect((await tdl('list')).stdout).toBe('no tokens: nobody may write over HTTP\n');
    await store.close();
  },
);
