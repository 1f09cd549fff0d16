import { expect, test } from 'vitest';
import { z } from 'zod';
import { Api, NO_PARAMS } from '../../src/infra/http/api/endpoint.ts';
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
