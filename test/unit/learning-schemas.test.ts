import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCHEMAS } from '../../src/domain/eddn/schemas/registry.ts';
import { compileRules, stageMessage } from '../../src/domain/eddn/staging.ts';
import type { FactName, Facts } from '../../src/domain/galaxy/facts.ts';
import type { GalaxyRecord } from '../../src/domain/galaxy/records.ts';
import { typeIdOf } from '../../src/domain/galaxy/stations/station-kinds.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { commodityMessage, frameBatch, OBSERVED_AT_S, testRules } from '../support/messages.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const LEARN = testRules({ learn: SCHEMAS.map(({ name }) => name) });
const rules = compileRules(LEARN);

/** A message of a schema, as the relay sends it. */
function message(schema: string, body: Record<string, unknown>) {
  const { header } = commodityMessage();
  const { timestamp = '2026-05-01T12:00:00Z', ...rest } = body;
  return { $schemaRef: `https://eddn.edcd.io/schemas/${schema}`, header, message: { timestamp, ...rest } };
}

function stage(schema: string, body: Record<string, unknown>): readonly GalaxyRecord[] | string {
  const staged = stageMessage(message(schema, body), rules, OBSERVED_AT_S * 1000);
  return typeof staged === 'string' ? staged : staged.records;
}

const SYSTEM = { StarSystem: 'Achenar', SystemAddress: 164_098_653, StarPos: [67.5, -119.46875, 24.84375] };
const DOCKED = {
  ...SYSTEM,
  event: 'Docked',
  MarketID: 128_001_536,
  StationName: 'Dawes Hub',
  StationType: 'Coriolis',
  DistFromStarLS: 325.7,
  LandingPads: { Small: 17, Medium: 18, Large: 9 },
  StationServices: ['Dock', 'Commodities', 'Repair', 'BlackMarket'],
  StationEconomies: [
    { Name: '$economy_Refinery;', Proportion: 0.3 },
    { Name: '$economy_Agri;', Proportion: 0.7 },
  ],
};

function factsOf(records: readonly GalaxyRecord[] | string): Facts {
  const station = typeof records === 'string' ? undefined : records.find(({ kind }) => kind === 'station');
  return station?.kind === 'station' ? station.facts : {};
}

/** Values with their ranks. */
function told(facts: Facts): Partial<Record<FactName, string>> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, [rank, , value]]) => [
      name,
      `${rank === 2 ? 'tells' : 'fills'} ${value}`,
    ]),
  );
}

describe('journal/1', () => {
  test('tells system and the whole station of a docking', () => {
    const records = stage('journal/1', DOCKED);
    expect(records[0]).toEqual({
      kind: 'system',
      id: 164_098_653n,
      name: 'Achenar',
      ...{ x: 67.5, y: -119.46875, z: 24.84375 },
      observedAtS: OBSERVED_AT_S,
    });
    expect(told(factsOf(records))).toEqual({
      name: 'tells Dawes Hub',
      system: 'tells 164098653',
      type: 'tells Coriolis',
      planetary: 'tells N',
      pads: 'tells L',
      ls: 'tells 325',
      market: 'tells Y',
      shipyard: 'tells N',
      outfitting: 'tells N',
      blackmarket: 'tells Y',
      rearm: 'tells N',
      refuel: 'tells N',
      repair: 'tells Y',
      services: 'tells blackmarket,commodities,dock,repair',
      economies: 'tells agri=0.7,refinery=0.3',
    });
  });

  test('of a docking without pads or services fills the pads its type has, and leaves services alone', () => {
    const { LandingPads, StationServices, ...rest } = DOCKED;
    const facts = told(factsOf(stage('journal/1', rest)));
    expect([LandingPads.Large, StationServices.length, facts.pads]).toEqual([9, 4, 'fills L']);
    expect(Object.keys(facts)).not.toContain('market');
  });

  test.each(['Location', 'CarrierJump'])(
    '%s places a station, and tells no distance, no services',
    (event) => {
      const body = { ...DOCKED, event, Docked: true, Body: 'Achenar 4', BodyType: 'Planet' };
      const facts = told(factsOf(stage('journal/1', body)));
      expect(Object.keys(facts).sort()).toEqual(
        ['body', 'economies', 'name', 'pads', 'planetary', 'system', 'type'].sort(),
      );
      expect(facts).toMatchObject({ system: 'tells 164098653', body: 'tells Achenar 4', pads: 'fills L' });
    },
  );

  test.each(['Location', 'FSDJump'])('%s in flight tells the system only', (event) => {
    expect(stage('journal/1', { ...DOCKED, event, Docked: false })).toMatchObject([{ kind: 'system' }]);
  });

  test.each([
    ['a scan', { event: 'Scan' }],
    ['a place of zeros', { event: 'FSDJump', StarPos: [0, 0, 0] }],
    ['no place', { event: 'FSDJump', StarPos: undefined }],
    ['no address', { event: 'FSDJump', SystemAddress: 1.5 }],
  ])('has nothing to learn from %s', (_, change) => {
    expect(stage('journal/1', { ...SYSTEM, ...change })).toBe('nothing to learn');
  });

  test('takes zeros for Sol', () => {
    const body = { event: 'FSDJump', StarSystem: 'Sol', SystemAddress: 10_477_373_803, StarPos: [0, 0, 0] };
    expect(stage('journal/1', body)).toMatchObject([{ id: 10_477_373_803n, x: 0 }]);
  });

  test.each([
    ['Bernal', 'Ocellus', 'N', 'L'],
    ['Megaship', 'MegaShip', 'N', 'L'],
    ['OnFootSettlement', 'OnFootSettlement', 'Y', undefined],
    ['SpaceConstructionDepot', 'SpaceConstructionDepot', 'N', undefined],
    ['Dodec', 'Dodec', 'N', 'L'],
    ['GameplayPOI', undefined, undefined, undefined],
    ['', undefined, undefined, undefined],
  ])('knows %j', (StationType, type, planetary, pads) => {
    const facts = factsOf(stage('journal/1', { ...DOCKED, StationType, LandingPads: undefined }));
    expect([facts.type?.[2], facts.planetary?.[2], facts.pads?.[2]]).toEqual([type, planetary, pads]);
  });

  test.each([
    ['$EXT_PANEL_ColonisationShip:#index=1;', 3_950_000_001, undefined, 'N', 'L'],
    ['System Colonisation Ship', 42, undefined, 'N', 'L'],
    ['Any Name', 3_971_234_567, undefined, 'N', 'L'],
    ['Stronghold Carrier', 42, undefined, 'N', 'L'],
    ['Any Name', 3_930_000_000, undefined, 'N', 'L'],
    ['Trailblazer Dream', 129_000_001, 'MegaShip', 'N', 'L'],
    ['Smith Landing', 4_212_345_678, undefined, 'Y', undefined],
  ])('tells what a SurfaceStation is: %s, %i', (StationName, MarketID, type, planetary, pads) => {
    const body = { ...DOCKED, StationType: 'SurfaceStation', StationName, MarketID, LandingPads: undefined };
    const facts = factsOf(stage('journal/1', body));
    expect([facts.type?.[2], facts.planetary?.[2], facts.pads?.[2]]).toEqual([type, planetary, pads]);
  });
});

describe('other schemas', () => {
  test('approachsettlement/1 fills that it is planetary, and its body', () => {
    const body = { ...SYSTEM, Name: 'Base', MarketID: 3_510_000_000, BodyID: 5, BodyName: 'Achenar 3' };
    expect(told(factsOf(stage('approachsettlement/1', body)))).toEqual({
      planetary: 'fills Y',
      body: 'fills Achenar 3',
    });
    const site = stage('approachsettlement/1', { ...body, MarketID: undefined });
    expect(site).toMatchObject([{ kind: 'system' }]);
  });

  test('dockinggranted/1 fills what it is', () => {
    const body = {
      event: 'DockingGranted',
      MarketID: 7,
      StationName: 'X',
      StationType: 'Outpost',
      LandingPad: 3,
    };
    expect(told(factsOf(stage('dockinggranted/1', body)))).toEqual({
      name: 'fills X',
      type: 'fills Outpost',
      planetary: 'fills N',
      pads: 'fills M',
    });
  });

  test('navroute/1 tells its systems', () => {
    const Route = [{ ...SYSTEM, StarClass: 'B' }, { ...SYSTEM, StarPos: null }, 7];
    expect(stage('navroute/1', { event: 'NavRoute', Route })).toMatchObject([
      { kind: 'system', name: 'Achenar' },
    ]);
  });

  test.each([
    ['outfitting/2', 'modules', ['Int_B', 'hpt_a', 'int_b'], 'hpt_a,int_b'],
    ['outfitting/2', 'modules', ['a,b', '', 'x y', null, 'Hpt_A', '1'.repeat(129)], 'hpt_a'],
    ['outfitting/3', 'modules', [{ id: 128_049_250, Name: 'Hpt_A', BuyPrice: 1 }], '128049250'],
    ['shipyard/2', 'ships', ['SideWinder', 'Asp'], 'asp,sidewinder'],
  ])('%s tells what is sold, whole', (schema, wares, list, goods) => {
    const body = { systemName: 'Sol', stationName: 'Galileo', marketId: 128_016_640, [wares]: list };
    expect(stage(schema, body)).toMatchObject([
      { kind: 'station', id: 128_016_640 },
      { kind: 'vendor', id: 128_016_640, wares, goods },
    ]);
    expect(stage(schema, { ...body, [wares]: 'none' })).toBe('malformed');
  });
});

describe('a batch', () => {
  const batch = (learn: readonly string[], ...messages: unknown[]): StagedBatch =>
    stageBatch(frameBatch(messages), null, { ...LEARN, learn });

  test('counts what was learned, and what was not parsed', () => {
    const staged = batch(
      LEARN.learn,
      message('journal/1', DOCKED),
      message('journal/1', { event: 'Scan' }),
      message('journal/1', DOCKED),
    );
    expect(staged).toMatchObject({ received: 3, learned: 2, rejected: { 'nothing to learn': 1 } });
  });

  test('takes no schema that is turned off', () => {
    const staged = batch(['commodity'], message('journal/1', DOCKED), commodityMessage());
    expect(staged).toMatchObject({ learned: 0, rejected: { 'other schema': 1 } });
    expect(staged.records.map(({ kind }) => kind)).toEqual(['station', 'market']);
    expect(batch([], commodityMessage()).records).toEqual([]);
  });

  test('keeps ids of systems exact beyond 2^53', () => {
    const text = JSON.stringify(message('journal/1', DOCKED)).replace('164098653', '9223372036854775807');
    const [system, station] = batch(LEARN.learn, text).records;
    expect(system?.id).toBe(9_223_372_036_854_775_807n);
    expect(station?.kind === 'station' && station.facts.system?.[2]).toBe('9223372036854775807');
  });
});

/** Of the reference: v13, v12, planetary, pads where the message has none. */
const REFERENCE: Readonly<Record<string, readonly [number, number, string | undefined]>> = {
  Coriolis: [2, 2, 'N'],
  Ocellus: [7, 3, 'N'],
  Orbis: [8, 4, 'N'],
  AsteroidBase: [1, 14, 'N'],
  Outpost: [9, 1, 'N'],
  MegaShip: [6, 13, 'N'],
  FleetCarrier: [5, 24, 'N'],
  CraterPort: [12, 12, 'Y'],
  CraterOutpost: [11, 11, 'Y'],
  OnFootSettlement: [13, 25, 'Y'],
  SpaceConstructionDepot: [14, 0, 'N'],
  PlanetaryConstructionDepot: [10, 0, 'Y'],
};

describe.skipIf(!hasSharedData)('events of real journals', () => {
  type Event = Record<string, unknown>;
  const folder = new URL('journals/', SHARED_DATA);
  // Also the body of a suite that is skipped runs.
  const files = hasSharedData ? readdirSync(folder) : [];
  const events = files
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Event)
    .filter(({ event }) => ['Docked', 'Location', 'CarrierJump', 'FSDJump'].includes(String(event)));

  test('give each station type, planetary flag and pads of the reference', () => {
    let place: unknown = [1, 2, 3];
    let stations = 0;
    for (const body of events) {
      place = body.StarPos ?? place;
      const records = stage('journal/1', { ...body, StarPos: place });
      expect(records[0]).toMatchObject({ kind: 'system', name: body.StarSystem });
      if (body.event !== 'Docked') continue;
      stations++;
      const facts = factsOf(records);
      const reference = REFERENCE[String(body.StationType)];
      const pads = body.LandingPads as { Large: number; Medium: number } | undefined;
      if (pads !== undefined)
        expect(facts.pads?.[2]).toBe(pads.Large > 0 ? 'L' : pads.Medium > 0 ? 'M' : 'S');
      // The one kind in there are colonisation ships.
      if (body.StationType === 'SurfaceStation') expect(facts.planetary?.[2]).toBe('N');
      if (reference === undefined) continue;
      const [v13, v12, planetary] = reference;
      const type = facts.type?.[2];
      expect([typeIdOf(type, 'v13'), typeIdOf(type, 'v12'), facts.planetary?.[2]]).toEqual([
        v13,
        v12,
        planetary,
      ]);
    }
    expect(stations).toBeGreaterThan(100);
  });
});
