import { describe, expect, test } from 'vitest';
import {
  readBody,
  readDistance,
  readPads,
  readServices,
  readStation,
  readSystem,
} from '../../src/domain/eddn/schemas/journal-fields.ts';
import { SCHEMAS } from '../../src/domain/eddn/schemas/registry.ts';
import { readShortName } from '../../src/domain/eddn/values.ts';
import type { Facts } from '../../src/domain/galaxy/facts.ts';

const SYSTEM = { StarSystem: 'Achenar', SystemAddress: 164_098_653, StarPos: [67.5, -119.5, 24.8] };
const STATION = { ...SYSTEM, MarketID: 7, StationName: 'Dawes Hub', StationType: 'Coriolis' };
const MOST = 524_288;

function stage(name: string, body: Readonly<Record<string, unknown>>) {
  const schema = SCHEMAS.find((each) => each.name === name)!;
  return schema.stage({ body, software: 'mine', observedAtS: 5, receivedAtMs: 6_000, learns: true });
}

const values = (facts: Facts | undefined) =>
  Object.fromEntries(Object.entries(facts ?? {}).map(([name, [rank, , value]]) => [name, [rank, value]]));

describe('a system', () => {
  test.each([
    [{}, true],
    [{ SystemAddress: 1 }, true],
    [{ SystemAddress: 2n ** 63n - 1n }, true],
    [{ SystemAddress: 0 }, false],
    [{ SystemAddress: -1 }, false],
    [{ SystemAddress: 2n ** 63n }, false],
    [{ SystemAddress: '164098653' }, false],
    [{ StarSystem: 7 }, false],
    [{ StarSystem: 'x'.repeat(128) }, true],
    [{ StarSystem: 'x'.repeat(129) }, false],
    [{ StarPos: 'near' }, false],
    [{ StarPos: [1, 2] }, false],
    [{ StarPos: [1, 2, 3, 4] }, false],
    [{ StarPos: ['1', 2, 3] }, false],
    [{ StarPos: [1, '2', 3] }, false],
    [{ StarPos: [1, 2, null] }, false],
    [{ StarPos: [MOST, -MOST, MOST] }, true],
    [{ StarPos: [MOST + 1, 0, 0] }, false],
    [{ StarPos: [0, -MOST - 1, 0] }, false],
    [{ StarPos: [0, 0, 0] }, false],
    [{ StarPos: [1, 0, 0] }, true],
    [{ StarPos: [0, 1, 0] }, true],
    [{ StarPos: [0, 0, 1] }, true],
    [{ StarPos: [0, 0, 0], StarSystem: 'SOL' }, true],
  ])('with %o is taken: %s', (change, isTaken) => {
    const system = readSystem({ ...SYSTEM, ...change }, 5);
    expect(system !== null).toBe(isTaken);
    if (system !== null) expect(system).toMatchObject({ kind: 'system', observedAtS: 5 });
  });
});

describe('a station', () => {
  test.each([{ MarketID: 0 }, { StationName: '' }, { StationName: 'x'.repeat(129) }, { SystemAddress: 0 }])(
    'with %o is none',
    (change) => {
      expect(readStation(STATION, 5, {})).toMatchObject({ kind: 'station', id: 7 });
      expect(readStation({ ...STATION, ...change }, 5, {})).toBeNull();
    },
  );

  test('lies at a body, unless that is the station itself', () => {
    expect(readBody({ BodyType: 'Planet', Body: 'Achenar 4' })).toBe('Achenar 4');
    expect(readBody({ BodyType: 'Station', Body: 'Dawes Hub' })).toBeUndefined();
    expect(readBody({ BodyType: 'Planet', Body: 4 })).toBeUndefined();
    expect([readShortName('x'.repeat(128))?.length, readShortName(null)]).toEqual([128, null]);
  });

  test.each([
    [0, 0],
    [325.7, 325],
    [2_147_483_647, 2_147_483_647],
    [2_147_483_648, undefined],
    [-1, undefined],
    ['325', undefined],
    [null, undefined],
  ])('%o light seconds away is %o', (told, taken) => {
    expect(readDistance(told)).toBe(taken);
  });

  test.each([
    [{ Large: 1, Medium: 9, Small: 9 }, 'L'],
    [{ Large: 0, Medium: 1, Small: 9 }, 'M'],
    [{ Large: 0, Medium: 0, Small: 1 }, 'S'],
    [{ Large: 0, Medium: 0, Small: 0 }, undefined],
    [{ Large: '9', Medium: '9', Small: '9' }, undefined],
    [null, undefined],
  ])('with pads %o has one for %s', (told, pads) => {
    expect(readPads(told)).toBe(pads);
  });

  test('has the services that are listed, in small letters, and no others', () => {
    expect(readServices('dock')).toEqual({});
    expect(readServices(['Refuel', 'dock', 7, 'a b', '!x', 'x!', '', 'x'.repeat(65)])).toEqual({
      ...{ blackmarket: 'N', market: 'N', shipyard: 'N', outfitting: 'N', rearm: 'N', refuel: 'Y' },
      ...{ repair: 'N', services: 'dock,refuel' },
    });
    const many = Array.from({ length: 70 }, (_, i) => `s${i}`);
    expect(readServices(many).services?.split(',')).toHaveLength(64);
  });

  test('has its economies, the largest first; two alike by name', () => {
    const economies = (StationEconomies: unknown) =>
      values(readStation({ ...STATION, StationEconomies }, 5, {})?.facts).economies?.[1];
    const of = (name: string, Proportion: unknown) => ({ Name: `$economy_${name};`, Proportion });
    expect(economies([of('B', 0.2), of('C', 0.5), of('A', 0.2)])).toBe('c=0.5,a=0.2,b=0.2');
    expect(
      economies([
        ...[of('none', 0), of('less', -1), of('text', '1'), of('nothing', undefined), null],
        ...[
          { Name: 7, Proportion: 1 },
          { Name: 'x$economy_a;', Proportion: 1 },
        ],
        ...[{ Name: '$economy_a;x', Proportion: 1 }, of('x'.repeat(61), 1)],
      ]),
    ).toBeUndefined();
    expect(economies('agri')).toBeUndefined();
    const many = Array.from({ length: 20 }, (_, i) => of(`e${i}`, 1));
    expect(economies(many)?.toString().split(',')).toHaveLength(16);
  });
});

describe('a message that tells nothing that can be used', () => {
  test.each([
    ['approachsettlement', { BodyName: 'Achenar 3' }],
    ['dockinggranted', { StationName: 'X' }],
    ['dockinggranted', { MarketID: 7 }],
    ['dockinggranted', { MarketID: 7, StationName: 'x'.repeat(129) }],
    ['navroute', { Route: 'far' }],
    ['navroute', { Route: [{ ...SYSTEM, StarPos: null }] }],
    ['journal', { event: 'Music', Docked: true }],
    ['shipyard', { marketId: 7, ships: [] }],
    ['shipyard', { marketId: 7, ships: [7, null, '!'] }],
  ])('of %s has nothing to learn: %o', (name, body) => {
    expect(stage(name, body)).toBe('nothing to learn');
  });

  test('names what is missing', () => {
    expect(stage('shipyard', { ships: ['asp'] })).toBe('no market id');
    expect(stage('shipyard', { marketId: 7 })).toBe('malformed');
  });
});

test('a settlement that somebody approaches is one though its system is not told', () => {
  const told = stage('approachsettlement', { MarketID: 7, BodyName: 'Achenar 3' });
  expect(told).toMatchObject({ records: [{ kind: 'station', id: 7 }] });
});

test('of a route a thousand systems are taken', () => {
  const Route = Array.from({ length: 1_001 }, (_, i) => ({ ...SYSTEM, SystemAddress: i + 1 }));
  const told = stage('navroute', { Route });
  expect(typeof told === 'string' ? told : told.records).toHaveLength(1_000);
});

test('who sells ships has a shipyard, and a name; two thousand are taken, each once', () => {
  const ships = Array.from({ length: 2_001 }, (_, i) => `ship${i}`);
  const told = stage('shipyard', { marketId: 7, stationName: 'X', ships: ['ship1', ...ships] });
  const [station, vendor] = typeof told === 'string' ? [] : told.records;
  expect(station?.kind === 'station' && values(station.facts)).toEqual({
    name: [1, 'X'],
    shipyard: [1, 'Y'],
  });
  const goods = vendor?.kind === 'vendor' ? vendor.goods.split(',') : [];
  expect([goods.length, new Set(goods).size]).toEqual([1_999, 1_999]);
});

test('a market that somebody has seen is one, and of its name he may be wrong', () => {
  const market = { marketId: 7, systemName: 'Achenar', stationName: 'Dawes Hub', stationType: 'Coriolis' };
  const told = stage('commodity', { ...market, commodities: [{}] });
  const [station, seen] = typeof told === 'string' ? [] : told.records;
  expect(station?.kind === 'station' && values(station.facts)).toMatchObject({
    ...{ name: [1, 'Dawes Hub'], market: [2, 'Y'], seenIn: [2, 'Achenar'], type: [2, 'Coriolis'] },
  });
  expect(seen).toEqual({ kind: 'market', id: 7, software: 'mine', observedAtS: 5, updates: 1 });
  const empty = stage('commodity', { ...market, commodities: [] });
  expect(typeof empty === 'string' ? empty : empty.records).toEqual([seen]);
});
