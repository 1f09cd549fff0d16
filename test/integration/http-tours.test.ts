import { expect, test } from 'vitest';
import type { Token } from '../../src/domain/access.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { hashToken, makeToken } from '../../src/infra/http/token.ts';
import { patrolRoutes } from '../../src/infra/http/routes/patrols.ts';
import { keptTourRoutes } from '../../src/infra/http/routes/tours.ts';
import { tourStreamRoutes } from '../../src/infra/http/routes/tour-stream.ts';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { EventReader } from '../support/event-reader.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { ask, startHttp } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { planner, TourWorld } from '../support/tour-world.ts';
import { until } from '../support/until.ts';

const SECRETS = { planner: makeToken(), pilot: makeToken() };
const TOKENS: readonly Token[] = [
  { name: 'planner', scopes: ['tours'], hash: hashToken(SECRETS.planner), madeAtS: 0 },
  { name: 'pilot', scopes: ['journal'], hash: hashToken(SECRETS.pilot), madeAtS: 0 },
];
const STATIONS = [1, 2, 3, 4, 5, 6].map((id) => ({ id, name: `Port ${id}`, system: `Star ${id}` }));

interface Told {
  readonly id: string;
  readonly error?: string;
  readonly commanders: readonly { readonly stops: readonly { readonly marketId: number }[] }[];
}

/** The routes of tours on a small galaxy; time stands still until told. */
async function world() {
  const file = `${tempDir()}/TradeDangerous.db`;
  await makeGalaxy(file, ['Sol', 'Twin', 'Other Twin', ...STATIONS.map(({ system }) => system)], STATIONS);
  withDatabase(file, (db) =>
    db.exec(`UPDATE System SET pos_x = system_id;
      UPDATE System SET name = 'Twin' WHERE name = 'Other Twin';
      UPDATE Station SET max_pad_size = 'L', ls_from_star = 300, type_id = 2, planetary = 'N'`),
  );
  const queries = createSqliteQueries(file);
  const lives = new TourWorld();
  for (const { id } of STATIONS) lives.seenAtS.set(id, 0);
  const tours = lives.pool();
  const patrols = lives.patrols(tours);
  tours.start();
  patrols.start();
  await lives.time.advance(0);
  const deps = {
    ...{
      queries,
      planner: { ...planner, close: () => Promise.resolve() },
      travelTimes: TRAVEL_TIMES,
      tours,
      patrols,
    },
    ...{ commodities: () => [], now: () => lives.time.now() },
  };
  const { url } = await startHttp(
    [
      (app) => keptTourRoutes(app, deps),
      (app) => patrolRoutes(app, deps),
      (app) => tourStreamRoutes(app, deps),
    ],
    { guard: { tokens: () => Promise.resolve(TOKENS), names: [] } },
  );
  const auth = { authorization: `Bearer ${SECRETS.planner}` };
  const talk = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers = auth,
  ) => {
    const content = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await ask(
      `${url}/api/v1${path}`,
      { ...headers, ...(content !== null && { 'content-type': 'application/json' }) },
      method,
      content,
    );
    return { status: answer.status, body: JSON.parse(answer.bytes.toString()) as Told };
  };
  return { lives, tours, patrols, url, auth, talk };
}

test('tours asked for in one moment take no market twice, and no commander', async () => {
  const { talk } = await world();
  const order = (commanders: string, stops = 4) => ({ commanders, near: 'Sol', within: 100, stops });
  const made = await Promise.all(
    ['A@Sol', 'B@Sol', 'A@Sol', 'C@Sol', 'c@Sol'].map((commanders) =>
      talk('POST', '/tours', order(commanders)),
    ),
  );
  const ids = new Map(made.filter(({ status }) => status < 300).map(({ body }) => [body.id, body]));
  const markets = [...ids.values()].flatMap(({ commanders }) =>
    commanders.flatMap(({ stops }) => stops.map(({ marketId }) => marketId)),
  );
  expect(new Set(markets).size).toBe(markets.length);
  expect(made[0]!.body.id).toBe(made[2]!.body.id);
  for (const { status, body } of made) {
    expect(status < 300 || (status === 404 && body.error?.includes('on the way to')), body.error).toBe(true);
  }
});

test('how tours and patrols go is streamed to who has the scope', async () => {
  const { lives, tours, patrols, url, auth, talk } = await world();
  const stream = `${url}/api/v1/tours/stream`;
  expect((await ask(stream)).status).toBe(401);
  expect((await ask(stream, { authorization: `Bearer ${SECRETS.pilot}` })).status).toBe(403);
  await talk('PUT', '/patrols/home', { near: 'Sol', within: 100, maxAge: '12h' });
  const reader = await EventReader.open(stream, null, auth);
  await until(() => reader.events.length > 0);
  expect(reader.events[0]).toMatchObject({
    event: 'snapshot',
    data: {
      tours: [],
      patrols: [{ name: 'home', state: 'short', look: { overdue: 6, commandersNeeded: 1 } }],
    },
  });
  await talk('PUT', '/patrols/home', { near: 'Sol', within: 100, maxAge: '12h', commanders: 'J@Sol' });
  tours.observed([{ marketId: 3, observedAtS: lives.nowS }]);
  await talk('DELETE', '/patrols/home');
  await until(() => reader.events.some(({ data }) => data.state === 'removed'));
  const told = reader.events.map(({ event, data }) => `${event} ${String(data.state)} ${String(data.open)}`);
  expect(told).toEqual([
    'snapshot undefined undefined',
    ...['tour planning 6', 'tour offered 6', 'patrol short undefined', 'tour underway 5'],
    ...['tour withdrawn 5', 'patrol removed undefined'],
  ]);
  const underway = reader.events.find(({ data }) => data.state === 'underway');
  expect(underway!.data).toMatchObject({
    ...{ patrol: 'home', markets: 6, commanders: [{ name: 'J', open: 5 }] },
    lastDone: { marketId: 3, systemName: 'Star 3', commander: 'J' },
  });
  reader.close();
  await patrols.close();
  await tours.close();
});

const WRONG = [
  ['POST', '/tours', {}, 400, /commanders/],
  ['POST', '/tours', 'no json', 400, /JSON/],
  ['POST', '/tours', [], 400, /expected object/],
  ['POST', '/tours', { commanders: '' }, 400, /NAME@START/],
  ['POST', '/tours', { commanders: 'J@Nowhere' }, 404, /no system is named Nowhere/],
  ['POST', '/tours', { commanders: 'J@Twin' }, 400, /systems are named Twin/],
  ['POST', '/tours', { commanders: 'J@Sol/No Port' }, 404, /no station of Sol is named No Port/],
  ['POST', '/tours', { commanders: 'J@Sol@0' }, 400, /from 1 to 500/],
  ['POST', '/tours', { commanders: 'J@Sol', stops: 0 }, 400, /stops/],
  ['POST', '/tours', { commanders: 'J@Sol', olderThan: 24 }, 400, /olderThan/],
  ['POST', '/tours/none/commanders', { leave: ['J'] }, 404, /no tour none/],
  ['DELETE', '/tours/none', undefined, 404, /no tour none/],
  ['PUT', '/tours/none', {}, 405, /only/],
  ['PUT', '/patrols/home', {}, 400, /maxAge/],
  ['PUT', '/patrols/home', { near: 'Twin', maxAge: '12h' }, 400, /systems are named Twin/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '-12h' }, 400, /90m, 12h or 7d/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '999999d' }, 400, /to 366d/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '12h', commanders: 'J@Sol,j@Sol' }, 400, /two commanders/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '12h', minPad: 'XL' }, 400, /minPad/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '12h', within: -1 }, 400, /within/],
  ['PUT', '/patrols/home', { near: 'Sol', maxAge: '12h', once: 'perhaps' }, 400, /once/],
  ['PUT', '/patrols/..%2f..', { near: 'Sol', maxAge: '12h' }, 400, /small letters/],
  ['POST', '/patrols', { near: 'Sol', maxAge: '12h' }, 405, /only/],
  ['GET', '/patrols/none', undefined, 404, /no patrol none/],
] as const;

test('what makes no sense is refused, with what is wrong', async () => {
  const { talk } = await world();
  for (const [method, path, body, status, why] of WRONG) {
    const answer = await talk(method, path, body);
    const what = `${method} ${path} ${JSON.stringify(body)}`;
    expect(answer.body.error ?? JSON.stringify(answer), what).toMatch(why);
    expect(answer.status, what).toBe(status);
  }
});
