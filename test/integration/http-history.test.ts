import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { HistoryRecorder } from '../../src/domain/ports/publishing/history.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { addSol, addStations, COMMODITIES, FUEL, GOLD, LINCOLN, SYSTEM } from '../contract/store-world.ts';
import { LOG, MIDNIGHT_S, pageOf } from '../support/history.ts';
import { ask, startHttp } from '../support/http.ts';
import { readSchemas } from '../support/openapi.ts';
import { tempDir } from '../support/temp-dir.ts';

const at = (s: number) => MIDNIGHT_S + s;
const NOW_S = at(4 * 86_400 + 60);

/** What is asked for here of both answers. */
interface Body {
  readonly error?: string;
  readonly total: number;
  readonly next: string | null;
  readonly isWhole: boolean;
  readonly gaps: readonly { readonly day: string; readonly why: string }[];
  readonly entries: readonly Record<string, unknown>[];
  readonly goods: readonly Record<string, unknown>[];
}

let recorder: HistoryRecorder;
let get: (path: string, status?: number) => Promise<Body>;

beforeEach(async () => {
  const db = await createSqliteDatabase();
  const store = db.store('v12');
  await store.useCatalogue(COMMODITIES);
  await addSol(db);
  await addStations(db, [[LINCOLN.marketId, LINCOLN.stationName, SYSTEM.Sol]]);
  const directory = tempDir();
  recorder = createHistoryRecorder(directory);
  const history = createHistoryReader(directory);
  onTestFinished(async () => {
    await recorder.close();
    await history.close();
    await db.dispose();
  });
  const options = {
    ...{ queries: db.queries(), commodities: () => COMMODITIES, now: () => NOW_S * 1000, history },
    ...{
      questionsPerMinute: null,
      version: '1.2.3',
      planner: createTourPlanner(),
      travelTimes: TRAVEL_TIMES,
    },
  };
  const { url } = await startHttp([(app) => apiRoutes(app, options)]);
  const schemas = readSchemas(JSON.parse((await ask(`${url}/api/v1/openapi.json`)).bytes.toString()));
  get = async (path, status = 200) => {
    const answer = await ask(`${url}/api/v1${path}`);
    const body = JSON.parse(answer.bytes.toString()) as Body;
    expect({ status: answer.status, body }).toMatchObject({ status });
    expect(schemas.check(`/api/v1${path}`, status, body)).toEqual([]);
    return body;
  };

  await recorder.goOn({ logId: LOG, seq: 0 }, 'the history began on it', at(0));
  const { marketId } = LINCOLN;
  const days = [
    [9_000, 80],
    [9_000, 80],
    [12_000, 80],
    [0, 100],
  ] as const;
  for (const [day, [gold, fuel]] of days.entries()) {
    const observedAtS = at(day * 86_400 + 3_600);
    await recorder.record(
      pageOf(day, [
        {
          ...{ marketId, observedAtS },
          goods: [...(gold === 0 ? [] : ([[GOLD, gold, 0]] as const)), [FUEL, 0, fuel]],
        },
      ]),
    );
    await recorder.reached(at((day + 1) * 86_400));
    await recorder.closeDay(20_785 + day, new Map());
  }
});

test('a market tells what its prices were, page by page, and how steady they are', async () => {
  const path = `/markets/${LINCOLN.marketId}/history?from=2026-11-28&to=2026-12-05`;
  const whole = await get(path);
  expect(whole).toMatchObject({ total: 5, next: null, isWhole: false, name: LINCOLN.stationName });
  expect(whole.gaps).toEqual([{ day: '2026-11-28', why: 'the history began on it' }]);
  expect(
    whole.entries.map(({ observedAt, symbol, buyPrice, sellPrice, ageS, isFirst }) => [
      ...[observedAt, symbol, buyPrice, sellPrice, ageS, isFirst],
    ]),
  ).toEqual([
    ['2026-11-28T01:00:00.000Z', 'Gold', 9_000, null, 4 * 86_400 - 3_540, true],
    ['2026-11-28T01:00:00.000Z', 'HydrogenFuel', null, 80, 4 * 86_400 - 3_540, true],
    ['2026-11-30T01:00:00.000Z', 'Gold', 12_000, null, 2 * 86_400 - 3_540, false],
    ['2026-12-01T01:00:00.000Z', 'Gold', null, null, 86_400 - 3_540, false],
    ['2026-12-01T01:00:00.000Z', 'HydrogenFuel', null, 100, 86_400 - 3_540, false],
  ]);
  // Two days at 9,000, one at 12,000, then not sold.
  expect(whole.goods[0]).toMatchObject({
    ...{ symbol: 'Gold', changes: 2, demand: null },
    supply: { mean: 10_000, volatility: Math.SQRT2 / 10, stability: 0 },
  });
  const pages: unknown[] = [];
  let next: string | null = '';
  for (let page = 0; next !== null; page++) {
    const body: Body = await get(`${path}&limit=2${next === '' ? '' : `&cursor=${next}`}`);
    expect(body).toMatchObject({ total: 5, goods: whole.goods });
    pages.push(...body.entries);
    next = body.next;
    expect(page).toBeLessThan(3);
  }
  expect(pages).toEqual(whole.entries);
  expect(
    await get(`/markets/${LINCOLN.marketId}/history?commodity=hydrogen%20fuel&from=2026-11-29&to=2026-12-02`),
  ).toMatchObject({ total: 1, isWhole: true, gaps: [], goods: [{ symbol: 'HydrogenFuel', changes: 1 }] });
  expect(await get(`/markets/${LINCOLN.marketId}/history?from=2026-11-01&to=2026-11-05`)).toMatchObject({
    ...{ total: 0, entries: [], goods: [], isWhole: false, gaps: [] },
  });
});

test('a good tells its prices by day and hour', async () => {
  const byDay = await get('/commodities/gold/history?from=2026-11-29');
  expect(byDay).toMatchObject({
    ...{ per: 'day', isWhole: true, total: 2, demand: null },
    supply: { mean: 10_500, stability: 0 },
    entries: [
      { from: '2026-11-29T00:00:00.000Z', supply: { min: 9_000, max: 9_000, mean: 9_000, observations: 1 } },
      { from: '2026-11-30T00:00:00.000Z', supply: { min: 12_000 }, demand: null },
    ],
  });
  const byHour = await get(
    '/commodities/HydrogenFuel/history?from=2026-11-29&to=2026-12-01&per=hour&limit=2',
  );
  expect(byHour).toMatchObject({
    total: 3,
    isWhole: true,
    entries: [{ from: '2026-11-29T01:00:00.000Z' }, {}],
  });
  expect(
    await get(`/commodities/HydrogenFuel/history?from=2026-11-29&per=hour&limit=2&cursor=${byHour.next}`),
  ).toMatchObject({ next: null, entries: [{ demand: { min: 100, max: 100 } }] });
});

test('bad questions are told what is wrong', async () => {
  const ofMarket = `/markets/${LINCOLN.marketId}/history`;
  for (const [path, status, error] of [
    [`${ofMarket}?from=yesterday`, 400, /from: give a day or a time in UTC/],
    [`${ofMarket}?from=2026-11-29&to=2026-11-28`, 400, /`from` is later than `to`/],
    [`${ofMarket}?since=1`, 400, /no such parameter: since/],
    [`${ofMarket}?cursor=nonsense`, 400, /give `next` of the page before/],
    [`${ofMarket}?commodity=Goldd`, 404, /did you mean Gold/],
    ['/markets/77/history', 404, /no station has the market id 77/],
    ['/commodities/unobtainium/history', 404, /no good is called unobtainium/],
    ['/commodities/gold/history?per=week', 400, /per/],
  ] as const) {
    expect((await get(path, status)).error).toMatch(error);
  }
});
