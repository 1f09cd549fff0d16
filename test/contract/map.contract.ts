import { gunzipSync } from 'node:zlib';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import { readMapFile } from '../support/map-file.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { COMMODITIES, GOLD, NOON_S } from './store-world.ts';

const DAY_S = 86_400;

/** The map over a store, held against plain SQL. */
export function mapContract(use: () => QueryWorld, generation: Generation): void {
  let base: string;
  let nowMs: number;
  let markets: readonly PlainStation[];
  beforeEach(() => {
    nowMs = (NOON_S + 3_600) * 1000;
  });
  beforeAll(async () => {
    const { queries, plain } = use();
    const construction = generation === 'v12' ? [] : [10, 14];
    markets = plain
      .filter(
        ({ atS, flags, typeId }) => (atS !== null || flags.market === 'Y') && !construction.includes(typeId),
      )
      .sort((a, b) => a.id - b.id);
    const planner = createTourPlanner();
    const options = {
      ...{ queries, planner, commodities: () => COMMODITIES, now: () => nowMs },
      ...{ travelTimes: TRAVEL_TIMES, questionsPerMinute: null, version: '1.2.3' },
    };
    const server = await openHttp([(app) => apiRoutes(app, options)]);
    base = `${server.url}/api/v1/map`;
    return () => Promise.all([server.close(0), planner.close()]);
  });

  const mapOf = async (query: string) => {
    const { status, bytes } = await ask(`${base}?${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return readMapFile(bytes);
  };
  const isCarrier = ({ typeId }: PlainStation) => typeId === (generation === 'v12' ? 24 : 5);
  const expected = (fits: (station: PlainStation) => boolean) =>
    markets.filter(fits).map(({ id, system, atS }) => ({ marketId: id, at: system.at, seenAtS: atS }));

  test('every market is a point: where it is, when it was seen', async () => {
    expect(await mapOf('')).toEqual(expected(() => true));
    expect(markets.length).toBeGreaterThan(50);
    expect(await mapOf('carriers=excluded')).toEqual(expected((station) => !isCarrier(station)));
    const ageS = ({ atS }: PlainStation) => (atS === null ? Infinity : nowMs / 1000 - atS);
    expect(await mapOf('maxAge=7d')).toEqual(expected((station) => ageS(station) <= 7 * DAY_S));
    expect(await mapOf('olderThan=7d')).toEqual(expected((station) => ageS(station) >= 7 * DAY_S));
    expect(await mapOf('commodity=gold&side=supply&minPad=L')).toEqual(
      expected(({ rows, pad }) => (rows.get(GOLD)?.[4] ?? 0) > 0 && pad === 'L'),
    );
    expect(await mapOf('commodity=gold&side=demand')).toEqual(
      expected(({ rows }) => (rows.get(GOLD)?.[1] ?? 0) > 0),
    );
  });

  test('is sent compressed, once, and is told again only when it is another', async () => {
    const plain = await ask(base);
    const zipped = await ask(base, { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
    expect(zipped.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      vary: /accept-encoding/i,
    });
    const { etag = '' } = zipped.headers;
    const again = () => ask(base, { 'if-none-match': etag, 'accept-encoding': 'gzip' });
    expect(await again()).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
    // Made anew, and the same: its ages are times.
    nowMs += 60_000;
    expect(await again()).toMatchObject({ status: 304 });
  });

  test('a question that makes no sense is told so', async () => {
    for (const [query, says] of [
      ['commodity=gold', 'give `commodity` and `side` together'],
      ['commodity=unobtainium&side=supply', 'no good is called unobtainium'],
      ['maxAge=old', 'maxAge: a number and its unit is needed'],
      ['near=Nowhere', 'no system is named Nowhere'],
      ['color=red', 'no such parameter: color'],
    ] as const) {
      const { status, bytes } = await ask(`${base}?${query}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(bytes.toString()).toContain(says);
    }
  });
}
