import { expect, test } from 'vitest';
import type { Token } from '../../src/domain/access.ts';
import { hashToken, makeToken } from '../../src/infra/http/token.ts';
import { accessRoutes } from '../../src/infra/http/routes/access.ts';
import { jobRoutes } from '../../src/infra/http/routes/jobs.ts';
import { RecentLines } from '../../src/infra/log/recent-lines.ts';
import { ask, startHttp } from '../support/http.ts';
import { DONE, JobWorld } from '../support/job-world.ts';

const SECRETS = { operator: makeToken(), pilot: makeToken() };
const TOKENS: readonly Token[] = [
  { name: 'operator', scopes: ['operate', 'tours'], hash: hashToken(SECRETS.operator), madeAtS: 0 },
  { name: 'pilot', scopes: ['journal'], hash: hashToken(SECRETS.pilot), madeAtS: 0 },
];
const OFFERED = { tours: true, colonisation: 'token', jobs: true, history: false, status: true } as const;

async function world() {
  const jobs = new JobWorld();
  const { pool } = jobs.begin();
  const log = new RecentLines();
  const tokens = () => Promise.resolve(TOKENS);
  const { url } = await startHttp(
    [
      (app) => accessRoutes(app, { tokens, offered: OFFERED }),
      (app) => jobRoutes(app, { jobs: () => Promise.resolve(pool), log }),
    ],
    { guard: { tokens, names: [] } },
  );
  const talk = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { secret = SECRETS.operator, body }: { secret?: string | null; body?: object } = {},
  ) => {
    const headers = {
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const answer = await ask(`${url}/api/v1${path}`, headers, method, body ? JSON.stringify(body) : null);
    return { status: answer.status, body: JSON.parse(answer.bytes.toString()) as Record<string, unknown> };
  };
  return { jobs, pool, log, talk };
}

const backfill = (from: string, to: string) => ({ body: { work: { kind: 'backfill', from, to } } });

test('what is there, and what a token is good for, is told to anybody', async () => {
  const { talk } = await world();
  expect(await talk('GET', '/access', { secret: null })).toEqual({
    status: 200,
    body: { token: null, offered: OFFERED },
  });
  const { body } = await talk('GET', '/access');
  expect(body.token).toEqual({ name: 'operator', scopes: ['operate', 'tours'] });
  expect((await talk('GET', '/access', { secret: makeToken() })).body.token).toBeNull();
});

test('jobs are made, seen, stopped and removed by who may operate, and by nobody else', async () => {
  const { jobs, pool, talk } = await world();
  for (const [method, path] of [
    ['GET', '/jobs'],
    ['GET', '/jobs/x'],
    ['GET', '/jobs/x/log'],
    ['GET', '/log'],
    ['POST', '/jobs'],
    ['POST', '/jobs/x/stop'],
    ['DELETE', '/jobs/x'],
  ] as const) {
    expect((await talk(method, path, { secret: null })).status, path).toBe(401);
    expect((await talk(method, path, { secret: SECRETS.pilot })).status, path).toBe(403);
  }
  const made = await talk('POST', '/jobs', backfill('2026-04-01', '2026-04-03'));
  expect(made).toMatchObject({ status: 201, body: { work: { kind: 'backfill' }, restart: 'on-failure' } });
  const id = String(made.body.id);
  await jobs.time.advance(0);
  expect(await talk('GET', '/jobs')).toMatchObject({ body: { entries: [{ id, state: 'running' }] } });
  expect(await talk('DELETE', `/jobs/${id}`)).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('is running') as string },
  });
  const stopped = talk('POST', `/jobs/${id}/stop`);
  await expect.poll(async () => (await pool.inspect(id)).state).toMatch(/^stop/);
  jobs.live.at(0)?.end(DONE);
  await jobs.time.advance(0);
  expect(await stopped).toMatchObject({ status: 200, body: { state: 'stopped' } });
  expect(await talk('GET', `/jobs/${id}`)).toMatchObject({ status: 200, body: { id, state: 'stopped' } });
  expect(await talk('GET', `/jobs/${id}/log?level=warn`)).toMatchObject({ body: { entries: [] } });
  expect(await talk('DELETE', `/jobs/${id}`)).toEqual({ status: 200, body: { id, removed: true } });
  for (const path of [`/jobs/${id}`, `/jobs/${id}/log`]) expect((await talk('GET', path)).status).toBe(404);
});

test.each([
  ['no work', {}, /work/],
  ['a file of this machine', { work: { kind: 'replay', files: ['/etc/passwd'], again: false } }, /kind/],
  ['no day', { work: { kind: 'backfill', from: 'May', to: '2026-04-03' } }, /YYYY-MM-DD/],
  ['all days there are', { work: { kind: 'backfill', from: '0001-01-01', to: '9999-12-31' } }, /10000 days/],
  ['the wrong order', { work: { kind: 'backfill', from: '2026-04-03', to: '2026-04-01' } }, /before "from"/],
] as const)('a job of %s is refused', async (_, body, why) => {
  const { talk } = await world();
  const refused = await talk('POST', '/jobs', { body });
  expect(refused.status).toBe(400);
  expect(refused.body.error).toMatch(why);
});

test('the log is told by level, from a line on; the newest five hundred', async () => {
  const { log, talk } = await world();
  const line = (level: number, msg: string) =>
    JSON.stringify({ level, time: '2026-05-01T12:00:00.000Z', secret: 1, msg });
  for (let n = 1; n <= 600; n++) log.take(line(n % 100 === 0 ? 40 : 30, `line ${n}`));
  log.take(line(20, 'detail'));
  const read = async (query: string) =>
    (await talk('GET', `/log${query}`)).body.entries as { n: number; msg: string }[];
  expect((await read('')).map(({ n }) => n)).toEqual(Array.from({ length: 499 }, (_, i) => i + 102));
  expect((await read('?level=debug&after=600')).map(({ msg }) => msg)).toEqual(['detail']);
  expect(await read('?level=warn&after=500')).toEqual([
    { n: 600, time: '2026-05-01T12:00:00.000Z', level: 'warn', msg: 'line 600' },
  ]);
  expect((await talk('GET', '/log?level=loud')).status).toBe(400);
});
