import { describe, expect, test } from 'vitest';
import {
  aStation,
  aSystem,
  bigId,
  dumpOf,
  knownFrom,
  NOW_S,
  problemCounts,
  RULES,
  spanshTime,
  stageOne,
  stageText,
  V13,
} from '../support/dump.ts';

test('a station becomes a row', () => {
  const { station, problems } = stageOne(
    aStation({
      name: "O'Brien Vision",
      distanceToArrival: 491.9,
      type: 'Orbis Starport',
      landingPads: { large: 5, medium: 9, small: 8 },
      services: ['Dock', 'Restock', 'Refuel'],
    }),
    V13,
  );
  expect(problems).toEqual({});
  expect(station).toEqual({
    id: 128_016_640n,
    row: {
      systemId: 10_477_373_803n,
      name: "O'Brien Vision",
      lookupName: 'OBRIENVISION',
      lsFromStar: 491,
      maxPadSize: 'L',
      blackmarket: 'N',
      market: 'N',
      shipyard: 'N',
      outfitting: 'N',
      rearm: 'Y',
      refuel: 'Y',
      repair: 'N',
      planetary: 'N',
      typeId: 8,
      modifiedS: NOW_S - 100,
      profile: { services: 'dock,rearm,refuel' },
    },
    market: null,
    shipyard: null,
    outfitting: null,
  });
});

test('stations are those of the system, then those of its bodies', () => {
  const system = aSystem({
    bodies: [
      { name: 'A', stations: [aStation({ id: 2 })] },
      { name: 'B' },
      { name: 'C', stations: null },
      { name: 'D', stations: [aStation({ id: 3 }), aStation({ id: 4 })] },
    ],
    stations: [aStation({ id: 1 })],
  });
  const staged = stageText(dumpOf(system));
  expect(staged.stations.map(({ id }) => id)).toEqual([1n, 2n, 3n, 4n]);
  expect(staged.stationsRead).toBe(4);
});

test.each(['1', '3700000257', '9007199254740993', '9223372036854775807'])('id %s stays exact', (id) => {
  expect(stageOne(aStation({ id: bigId(id) })).station?.id).toBe(BigInt(id));
});

test.each([
  ['no station id', undefined],
  ['no station id', null],
  ['no station id', 0],
  ['no station id', '128016640'],
  ['no station id', 1.5],
  ['no station id', bigId('9223372036854775808')],
  ['sentinel station id', bigId('18446744073709551615')],
])('%s: %j', (problem, id) => {
  const staged = stageOne(aStation({ id }));
  expect(staged.stations).toEqual([]);
  expect(problemCounts(staged)).toEqual({ [problem]: 1 });
});

test.each([[undefined], [null], ['  '], [17], ['x'.repeat(129)]])(
  'name %j: the station is skipped',
  (name) => {
    const staged = stageOne(aStation({ name }));
    expect(staged.stations).toEqual([]);
    expect(staged.stationsRead).toBe(0);
    expect(problemCounts(staged)).toEqual({ 'no station name': 1 });
  },
);

test.each([
  [undefined, 0],
  [null, 0],
  [-3.5, 0],
  [0.99, 0],
  [6_784_404.7, 6_784_404],
])('distance %j is %i', (distanceToArrival, lsFromStar) => {
  const staged = stageOne(aStation({ distanceToArrival }));
  expect(staged.station?.row?.lsFromStar).toBe(lsFromStar);
  expect(staged.problems).toEqual({});
});

test.each([[1e12], ['near']])('distance %j is 0, and counted', (distanceToArrival) => {
  const staged = stageOne(aStation({ distanceToArrival }));
  expect(staged.station?.row?.lsFromStar).toBe(0);
  expect(problemCounts(staged)).toEqual({ 'distance out of range': 1 });
});

test.each([
  [undefined, '?'],
  [{}, '?'],
  [{ large: 0, medium: 0, small: 0 }, '?'],
  [{ large: 0, medium: 0, small: 2 }, 'S'],
  [{ large: 0, medium: 1, small: 2 }, 'M'],
  [{ large: 1, medium: 0, small: 0 }, 'L'],
])('pads %j are %s', (landingPads, maxPadSize) => {
  expect(stageOne(aStation({ landingPads })).station?.row?.maxPadSize).toBe(maxPadSize);
});

describe.each(['market', 'shipyard', 'outfitting'] as const)('%s', (block) => {
  const has = `has${block.charAt(0).toUpperCase()}${block.slice(1)}`;
  test.each([
    ['Y', { [block]: {} }],
    ['Y', { [block]: null }],
    ['Y', { [has]: true }],
    ['N', { [has]: false }],
    ['N', {}],
  ])('%s: %j', (flag, fields) => {
    expect(stageOne(aStation(fields)).station?.row?.[block]).toBe(flag);
    expect(stageOne(aStation(fields), V13).station?.row?.[block]).toBe(flag);
  });
});

describe.each([
  ['blackmarket', 'Black Market', 'hasBlackmarket'],
  ['rearm', 'Restock', 'hasRearm'],
  ['refuel', 'Refuel', 'hasRefuel'],
  ['repair', 'Repair', 'hasRepair'],
] as const)('%s', (column, service, has) => {
  describe.each(['v12', 'v13'] as const)('%s', (generation) => {
    test.each([
      [{ services: ['Dock', service] }, 'Y'],
      [{ services: ['Dock'] }, 'N'],
      [{ services: [], [has]: true }, 'N'],
      [{ services: [service], [has]: false }, 'Y'],
      [{ [has]: true }, 'Y'],
      [{ [has]: null }, '?'],
      [{ services: null, [has]: false }, 'N'],
      [{}, '?'],
    ] as const)('%j: %s', (fields, flag) => {
      expect(stageOne(aStation(fields), { ...RULES, generation }).station?.row?.[column]).toBe(flag);
    });
  });
});

describe('types', () => {
  test.each([
    ['Asteroid base', 1, 'N'],
    ['Coriolis Starport', 2, 'N'],
    ['Dockable Planet Station', 3, 'Y'],
    ['Dodec Starport', 4, 'N'],
    ['Drake-Class Carrier', 5, 'N'],
    ['Drake Class Carrier', 5, 'N'],
    ['Mega ship', 6, 'N'],
    ['Ocellus Starport', 7, 'N'],
    ['Orbis Starport', 8, 'N'],
    ['Outpost', 9, 'N'],
    ['Planetary Construction Depot', 10, 'Y'],
    ['Planetary Outpost', 11, 'Y'],
    ['Planetary Port', 12, 'Y'],
    ['Settlement', 13, 'Y'],
    ['Space Construction Depot', 14, 'N'],
    ['Surface Settlement', 15, 'Y'],
    [' oRBIS starport ', 8, 'N'],
    ['Ring World', 0, '?'],
    [null, 0, '?'],
    [undefined, 0, '?'],
  ])('v13: %j is %i, planetary %s', (type, typeId, planetary) => {
    expect(stageOne(aStation({ type }), V13).station?.row).toMatchObject({ typeId, planetary });
  });

  test.each([
    ['None', 0, 'N'],
    ['Outpost', 1, 'N'],
    ['Coriolis Starport', 2, 'N'],
    ['Ocellus Starport', 3, 'N'],
    ['Orbis Starport', 4, 'N'],
    ['Planetary Outpost', 11, 'Y'],
    ['Planetary Port', 12, 'Y'],
    ['Mega ship', 13, 'N'],
    ['Asteroid base', 14, 'N'],
    ['Drake-Class Carrier', 24, 'N'],
    ['Settlement', 25, 'Y'],
    ['settlement', 0, '?'],
    ['Surface Settlement', 0, '?'],
    [null, 0, '?'],
    [undefined, 0, '?'],
  ])('v12: %j is %i, planetary %s', (type, typeId, planetary) => {
    expect(stageOne(aStation({ type })).station?.row).toMatchObject({ typeId, planetary });
  });

  test.each([
    [{ name: 'Stronghold Carrier' }, 'N'],
    [{ name: '$EXT_PANEL_ColonisationShip; Founders' }, 'N'],
    [{ id: 3_960_000_001, name: 'Anything' }, 'N'],
    [{ id: 4_230_000_001, name: 'Strongholds' }, 'Y'],
  ])('a planetary outpost that is %j: planetary %s', (station, planetary) => {
    const { row } = stageOne(aStation({ type: 'Planetary Outpost', ...station })).station ?? {};
    expect(row).toMatchObject({ typeId: 11, planetary });
  });
});

test.each([
  ['2025-06-19 19:46:43+00', 1_750_362_403],
  ['2025-06-19 19:46:43.977+00', 1_750_362_403],
  [null, 0],
  [undefined, 0],
])('updateTime %j is %i', (updateTime, modifiedS) => {
  expect(stageOne(aStation({ updateTime })).station?.row?.modifiedS).toBe(modifiedS);
});

test('an unreadable updateTime is the epoch, and counted', () => {
  const staged = stageOne(aStation({ updateTime: 'soon' }));
  expect(staged.station?.row?.modifiedS).toBe(0);
  expect(problemCounts(staged)).toEqual({ 'unreadable time': 1 });
});

test('what is no object among the stations is passed over', () => {
  const staged = stageText(dumpOf(aSystem({ stations: [null, 5, [], 'x', aStation()], bodies: [1, null] })));
  expect(staged.stations).toHaveLength(1);
});

test('a carrier that is in two systems is where it was seen last', () => {
  const [early, late] = [spanshTime(NOW_S - 500), spanshTime(NOW_S - 100)];
  const systems = [
    aSystem({ id64: 1, stations: [aStation({ updateTime: late })] }),
    aSystem({ id64: 2, stations: [aStation({ updateTime: early })] }),
  ];
  expect(stageText(dumpOf(...systems)).stations).toMatchObject([{ row: { systemId: 1n } }]);
});

describe('an updateTime ahead of the clock', () => {
  const late = aStation({ updateTime: spanshTime(RULES.notAfterS + 1) });

  test('is the epoch, and counted: nothing it says shuts out what comes later', () => {
    const staged = stageOne(late);
    expect(staged.station?.row).toMatchObject({ name: 'Galileo', modifiedS: 0 });
    expect(problemCounts(staged)).toEqual({ 'time ahead of clock': 1 });
  });

  test('tells nothing new of a station that is known', () => {
    const known = knownFrom([stageText(dumpOf(aSystem({ stations: [aStation()] })))]);
    expect(stageText(dumpOf(aSystem({ stations: [late] })), RULES, known).stations).toEqual([]);
  });

  test('that is stored is older than anything', () => {
    const known = knownFrom([
      stageText(dumpOf(aSystem({ stations: [late] })), { ...RULES, notAfterS: Infinity }),
    ]);
    expect(stageText(dumpOf(aSystem({ stations: [aStation()] })), RULES, known).stations).toMatchObject([
      { row: { modifiedS: NOW_S - 100 } },
    ]);
  });
});

test('names are cleaned', () => {
  expect(stageOne(aStation({ name: 'Nul\u0000Port' })).station?.row?.name).toBe('NulPort');
  expect(stageOne(aStation({ name: '$EXT_PANEL_ColonisationShip:#index=1;' })).station?.row?.name).toBe(
    'System Colonisation Ship',
  );
  expect(problemCounts(stageOne(aStation({ name: '\u0000' })))).toEqual({ 'no station name': 1 });
  expect(stageText(dumpOf(aSystem({ name: 'Sol\u0000' }))).systems).toMatchObject([{ name: 'Sol' }]);
});
