import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Api, NO_PARAMS } from '../../src/infra/http/api/endpoint.ts';
import { ApiError } from '../../src/infra/http/api/errors.ts';
import { addTags } from '../../src/infra/http/tags.ts';
import { ask, startHttp } from '../support/http.ts';

const row = z.object({ name: z.string(), units: z.int(), marketAgeS: z.int().nullable(), at: z.string() });

test('the tag of an answer changes with everything it says but its moment, and when its ages have grown by a tenth', async () => {
  const gold = { name: 'Gold', units: 5, marketAgeS: 6_000, at: 'noon' };
  let answer = { at: '2026-05-01T12:00:00.000Z', listAgeS: 610, entries: [gold] };
  const { url } = await startHttp([
    (app) =>
      new Api(app, []).get({
        ...{ path: '/rows', summary: '', params: NO_PARAMS, query: NO_PARAMS, maxAgeS: 5 },
        answer: z.object({ at: z.string(), listAgeS: z.int(), entries: z.array(row) }),
        handle: () => Promise.resolve(answer),
      }),
  ]);
  const tag = async () => (await ask(`${url}/rows`)).headers.etag;
  const first = await tag();
  expect(first).toMatch(/^W\/"[\w-]{27}"$/);

  answer = { at: '2026-05-01T12:00:10.000Z', listAgeS: 620, entries: [{ ...gold, marketAgeS: 6_010 }] };
  expect(await tag()).toBe(first);

  const others = [
    { ...answer, entries: [{ ...gold, units: 6 }] },
    { ...answer, entries: [{ ...gold, name: 'Gold","geS":7,"' }] },
    { ...answer, entries: [{ ...gold, marketAgeS: null }] },
    { ...answer, entries: [{ ...gold, marketAgeS: 6_610 }] },
    { ...answer, listAgeS: 682 },
    { ...answer, entries: [{ ...gold, at: 'midnight' }] },
    { ...answer, entries: [] },
  ];
  const tags = new Set([first]);
  for (const other of others) {
    answer = other as typeof answer;
    tags.add(await tag());
  }
  expect(tags.size).toBe(1 + others.length);
});

test('an answer is not sent again to whoever names its tag, among others, weak or not, or any; an error is', async () => {
  const { url } = await startHttp([
    async (app) => {
      await addTags(app);
      new Api(app, []).get({
        ...{ path: '/rows/{name}', summary: '', query: NO_PARAMS, maxAgeS: 5 },
        params: z.object({ name: z.string() }),
        answer: z.object({ name: z.string() }),
        handle: ({ params: { name } }) =>
          name === 'gold' ? Promise.resolve({ name }) : Promise.reject(new ApiError(404, 'no such row')),
      });
    },
  ]);
  const { headers } = await ask(`${url}/rows/gold`);
  const tag = headers.etag!;
  // Of the same answer a moment later, which is not the same byte for byte.
  expect(tag).toMatch(/^W\//);
  const head = await ask(`${url}/rows/gold`, { 'if-none-match': tag }, 'HEAD');
  expect(head.status).toBe(304);
  for (const known of [tag, tag.replace('W/', ''), `"a,b", ${tag}, W/"c"`, '*']) {
    const again = await ask(`${url}/rows/gold`, { 'if-none-match': known });
    expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0), headers: { etag: tag } });
    expect(again.headers['content-length'], 'which is not 0').toBeUndefined();
  }
  for (const known of ['"a"', 'W/"a", "b"', 'a', '']) {
    expect((await ask(`${url}/rows/gold`, { 'if-none-match': known })).status).toBe(200);
  }
  const missing = await ask(`${url}/rows/iron`);
  expect(missing.status).toBe(404);
  const named = { 'if-none-match': missing.headers.etag ?? '*' };
  expect((await ask(`${url}/rows/iron`, named)).status).toBe(404);
});

test('what is sent bit by bit has no tag, and what is done is told, whatever If-None-Match says', async () => {
  const { url } = await startHttp([
    async (app) => {
      await addTags(app);
      app.get('/bits', (_request, reply) => reply.send(Readable.from(['bit', 'by bit'])));
      app.post('/done', () => ({ done: true }));
    },
  ]);
  const any = { 'if-none-match': '*' };
  expect(await ask(`${url}/bits`, any)).toMatchObject({ status: 200, bytes: Buffer.from('bitby bit') });
  const done = await fetch(`${url}/done`, { method: 'POST', headers: any });
  expect([done.status, await done.text()]).toEqual([200, '{"done":true}']);
});
