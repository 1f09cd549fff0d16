import { expect, test } from 'vitest';
import { z } from 'zod';
import type { HttpApp } from '../../src/infra/http/app.ts';
import { ask, startHttp } from '../support/http.ts';

function routes(app: HttpApp): void {
  app.get('/goods/:name', () => ({}));
  app.post('/goods', { schema: { body: z.strictObject({ name: z.string() }) } }, () => ({}));
}

const JSON_TYPE = { 'content-type': 'application/json' };

test.each([
  ['GET', '/nothing', {}, null, 404, 'no such page'],
  // Longer than any name.
  ['GET', `/goods/${'x'.repeat(101)}`, {}, null, 404, 'no such page'],
  ['DELETE', '/goods', {}, null, 405, 'only POST here'],
  [
    'POST',
    '/goods',
    { 'content-type': 'text/plain' },
    'gold',
    415,
    'send JSON, and say so: Content-Type: application/json',
  ],
  ['POST', '/goods', JSON_TYPE, '[]', 400, expect.stringMatching(/^body: \S/)],
  ['POST', '/goods', JSON_TYPE, '{"name":1}', 400, expect.stringMatching(/^body "name": \S/)],
  [
    'POST',
    '/goods',
    JSON_TYPE,
    '{"a":1}',
    400,
    expect.stringMatching(/^body "name": [^;]+; body: [^;]+"a"$/),
  ],
] as const)(
  '%s %s of %j and %s is %i, says why, and is kept by nobody',
  async (method, path, headers, content, status, error) => {
    const { url } = await startHttp([routes]);
    const answer = await ask(url + path, headers, method, content);
    expect([answer.status, JSON.parse(answer.bytes.toString())]).toEqual([status, { error }]);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  },
);
