import { describe, expect, test } from 'vitest';
import { factsOf, RANK, type Facts, type FactValues } from '../../src/domain/galaxy/facts.ts';
import {
  factsOfRow,
  isCarrier,
  isWhole,
  learnState,
  marketFacts,
  mayMove,
  namesAsked,
  rowOfFacts,
  type OwnState,
  type StoredState,
  type Told,
} from '../../src/domain/galaxy/stations/station-state.ts';
import { stationRow } from '../contract/store-galaxy-batches.ts';
import { LINCOLN, NOON_S, SYSTEM } from '../contract/store-world.ts';

const { Sol: SOL } = SYSTEM;
const NOW_S = NOON_S + 86_400;
const NAME = LINCOLN.stationName;
/** Coriolis and Drake-Class Carrier of v13. */
const [PORT, CARRIER] = [2, 5];
/** Ids of systems by their names; two share one. */
const SYSTEMS: Readonly<Record<string, readonly string[]>> = {
  Sol: [SOL],
  Diso: ['77'],
  Twins: ['81', '82'],
};

const says = (atS: number, values: Partial<FactValues>): Facts => factsOf(RANK.tells, atS, values);

function ownState(facts: Facts, fields: Partial<OwnState> = {}): OwnState {
  return { facts, modifiedS: NOON_S, dumpS: -1, ...fields };
}

/** Abraham Lincoln in Sol as a dump told it, unless told otherwise. */
function stored(fields: Partial<StoredState> = {}): StoredState {
  return { row: stationRow(), systemName: 'Sol', own: null, ...fields };
}

const NOTHING: StoredState = { row: null, systemName: '', own: null };

function learn(before: StoredState, told: Told): OwnState {
  return learnState(before, told, 'v13', (name) => SYSTEMS[name] ?? [], NOW_S);
}

/** What of the facts was told when. */
function timed(facts: Facts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, [, atS, value]]) => [name, [atS - NOON_S, value]]),
  );
}

/** Where the station is after that. */
const placeAfter = (before: StoredState, facts: Facts) => learn(before, { facts }).facts.system?.[2];

describe('what is learned of a station', () => {
  test('is all there is of one that nobody knew', () => {
    const facts = { ...says(NOON_S, { name: NAME, system: SOL }), ...says(NOON_S + 5, { pads: 'L' }) };
    expect(learn(NOTHING, { facts })).toEqual({ facts, modifiedS: NOON_S + 5, dumpS: -1 });
    expect(learn(NOTHING, { facts, dumpS: NOON_S }).dumpS).toBe(NOON_S);
  });

  test('joins what another program wrote into its row, whichever is newer', () => {
    const { facts, modifiedS, dumpS } = learn(stored(), {
      facts: { ...says(NOON_S + 1, { pads: 'M' }), ...says(NOON_S - 1, { ls: 9 }) },
    });
    expect(timed(facts)).toMatchObject({ pads: [1, 'M'], ls: [0, 505], market: [0, 'Y'], system: [0, SOL] });
    expect([modifiedS, dumpS]).toEqual([NOON_S + 1, NOON_S]);
  });

  test('leaves a row out that was made of the facts', () => {
    const own = ownState(says(NOON_S - 9, { pads: 'S' }), { dumpS: NOON_S - 20 });
    expect(learn(stored({ own }), { facts: {} })).toEqual({ ...own, modifiedS: NOON_S - 9 });
  });

  test('takes the row in again that another program wrote since then', () => {
    const own = ownState(says(NOON_S - 9, { pads: 'S', body: 'Earth' }), {
      ...{ modifiedS: NOON_S - 9, dumpS: NOON_S - 20 },
    });
    const { facts, dumpS } = learn(stored({ own }), { facts: {} });
    expect(timed(facts)).toMatchObject({ pads: [0, 'L'], body: [-9, 'Earth'] });
    expect(dumpS).toBe(NOON_S);
    expect(learn(stored({ own }), { facts: {}, dumpS: NOON_S + 7 }).dumpS).toBe(NOON_S + 7);
    expect(learn(stored({ own: { ...own, dumpS: NOON_S + 8 } }), { facts: {} }).dumpS).toBe(NOON_S + 8);
  });

  test('gives way to nothing of a row whose time is yet to come', () => {
    const row = stationRow({ modifiedS: NOW_S + 1 });
    const { facts, dumpS } = learn(stored({ row }), { facts: says(1, { pads: 'M' }) });
    expect([facts.pads?.[2], facts.ls, dumpS]).toEqual(['M', [RANK.tells, 0, 505], -1]);
  });

  test('no dump has told what the feed made before there were facts', () => {
    const dumpAfter = (fields: Parameters<typeof stationRow>[0]) =>
      learn(stored({ row: stationRow(fields) }), { facts: {} }).dumpS;
    expect(dumpAfter({ typeId: 0, lsFromStar: 999_999 })).toBe(-1);
    expect(dumpAfter({ typeId: PORT, lsFromStar: 999_999 })).toBe(NOON_S);
    expect(dumpAfter({ typeId: 0, lsFromStar: 505 })).toBe(NOON_S);
  });
});

describe('who gives a station another name and another system in passing', () => {
  const other = { name: 'Other', seenIn: 'Diso' };
  const padsAfter = (before: StoredState, values: Partial<FactValues>) =>
    learn(before, { facts: says(NOON_S + 1, { pads: 'S', ...values }) }).facts.pads?.[2];

  test('is not believed', () => {
    expect(padsAfter(stored(), other)).toBe('L');
    expect(padsAfter(stored(), { ...other, seenIn: 'Nowhere' })).toBe('L');
  });

  test.each<[string, StoredState, Partial<FactValues>]>([
    ['nobody knew it', NOTHING, other],
    ['the name is the same', stored(), { ...other, name: ` ${NAME.toUpperCase()}` }],
    ['no name is told', stored(), { seenIn: 'Diso' }],
    ['no system is told', stored(), { name: 'Other' }],
    ['the system is the same', stored(), { ...other, seenIn: 'SOL ' }],
    ['the system has that name, too', stored({ systemName: 'Old name' }), { ...other, seenIn: 'Sol' }],
    ['it is known as a carrier', stored({ row: stationRow({ typeId: CARRIER }) }), other],
    ['it is told to be a carrier', stored(), { ...other, type: 'FleetCarrier' }],
  ])('is believed where %s', (_, before, values) => {
    expect(padsAfter(before, values)).toBe('S');
  });
});

describe('a station is', () => {
  test('where the newest says, by the id or the name of the system', () => {
    expect(placeAfter(stored(), says(NOON_S + 1, { system: '77' }))).toBe('77');
    expect(placeAfter(stored(), says(NOON_S - 1, { system: '77' }))).toBe(SOL);
    expect(placeAfter(stored(), says(NOON_S + 1, { seenIn: 'Diso' }))).toBe('77');
    expect(placeAfter(stored(), says(NOON_S - 1, { seenIn: 'Diso' }))).toBe(SOL);
    expect(placeAfter(NOTHING, says(NOON_S, { seenIn: 'Diso' }))).toBe('77');
  });

  test('where its market was seen, unless that is yet to come', () => {
    const elsewhere = says(NOON_S + 5, { system: '77' });
    expect(placeAfter(stored({ marketS: NOON_S + 9 }), elsewhere)).toBe(SOL);
    expect(placeAfter(stored({ marketS: NOON_S + 1 }), elsewhere)).toBe('77');
    expect(placeAfter(stored({ marketS: NOW_S + 1 }), elsewhere)).toBe('77');
    expect(placeAfter({ ...NOTHING, marketS: NOON_S + 9 }, elsewhere)).toBe('77');
  });

  test('where the name was, if another system bears that name, too', () => {
    const own = ownState(says(NOON_S - 5, { system: '82' }));
    expect(learn({ ...NOTHING, own }, { facts: says(NOON_S, { seenIn: 'Twins' }) }).facts.system).toEqual([
      ...[RANK.tells, NOON_S, '82'],
    ]);
    expect(placeAfter(NOTHING, says(NOON_S, { seenIn: 'Twins' }))).toBeUndefined();
    expect(placeAfter(stored(), says(NOON_S + 1, { seenIn: 'Twins' }))).toBe(SOL);
    const before = stored({ row: stationRow({ systemId: 82n }), systemName: 'Twins' });
    expect(learn(before, { facts: says(NOON_S + 1, { seenIn: ' twins' }) }).facts.system?.[1]).toBe(
      NOON_S + 1,
    );
  });

  test('where it was, if nobody knows a system of that name', () => {
    expect(learn(stored(), { facts: says(NOON_S + 1, { seenIn: 'Nowhere' }) }).facts.system).toEqual([
      ...[RANK.tells, NOON_S, SOL],
    ]);
  });

  test.each<[boolean, string, StoredState, Partial<FactValues>]>([
    [false, 'nobody knew it', NOTHING, { system: '77', seenIn: 'Diso' }],
    [false, 'nothing of its place is told', stored(), { name: NAME }],
    [false, 'it is told where it is', stored(), { system: SOL, seenIn: 'sol' }],
    [true, 'the id of another system is told', stored(), { system: '77', seenIn: 'Sol' }],
    [true, 'the name of another system is told', stored(), { system: SOL, seenIn: 'Diso' }],
  ])('possibly elsewhere (%j) where %s', (expected, _, before, values) => {
    expect(mayMove(before, says(NOON_S, values))).toBe(expected);
  });

  test('looked for by the names of systems that are told, now or before, and are not its own', () => {
    const own = ownState(says(NOON_S, { seenIn: 'Twins' }));
    expect(namesAsked(stored({ own }), says(NOON_S, { seenIn: 'Diso' }))).toEqual(['Diso', 'Twins']);
    expect(namesAsked(stored({ own }), {})).toEqual(['Twins']);
    expect(namesAsked(stored({ own: ownState({}) }), says(NOON_S, { seenIn: ' SOL' }))).toEqual([]);
    expect(namesAsked(NOTHING, {})).toEqual([]);
  });
});

describe('the row of a station', () => {
  const PROFILE = { body: 'Earth', services: 'dock', economies: 'Refinery=1' };
  const FULL = stationRow({ refuel: 'N' });

  test('says when it was written what is in it', () => {
    expect(factsOfRow({ ...FULL, profile: PROFILE }, 'v13')).toEqual(
      says(NOON_S, {
        ...{ name: NAME, system: SOL, type: 'Coriolis', planetary: 'N', pads: 'L', ls: 505 },
        ...{ blackmarket: 'N', market: 'Y', shipyard: 'Y', outfitting: 'N' },
        ...{ rearm: 'Y', refuel: 'N', repair: 'N', ...PROFILE },
      }),
    );
  });

  test('says nothing of what is unknown in it', () => {
    const flags = { blackmarket: '?', market: '?', shipyard: '?', outfitting: '?' } as const;
    const more = { rearm: '?', refuel: '?', repair: '?', planetary: '?', maxPadSize: '?' } as const;
    const unknown = stationRow({ ...flags, ...more, typeId: 0, lsFromStar: 0 });
    const named = says(NOON_S, { name: NAME, system: SOL });
    expect(factsOfRow(unknown, 'v13')).toEqual(named);
    expect(factsOfRow({ ...unknown, lsFromStar: 999_999 }, 'v13')).toEqual(named);
    expect(factsOfRow(stationRow({ lsFromStar: 999_999 }), 'v13').ls?.[2]).toBe(999_999);
  });

  test.each([
    ['v12', null],
    ['v13', 'ABRAHAMLINCOLN'],
  ] as const)('is made of its facts again, in %s', (generation, lookupName) => {
    const state = ownState(factsOfRow(FULL, generation));
    expect(rowOfFacts(state, SOL, generation)).toEqual({ ...FULL, lookupName });
    expect(rowOfFacts(state, '77', generation).systemId).toBe(77n);
  });

  test('is one of a station of which nothing is known but where it is', () => {
    const flags = { blackmarket: '?', market: '?', shipyard: '?', outfitting: '?' };
    const row = {
      ...{ name: '', lookupName: null, systemId: 77n, lsFromStar: 999_999, maxPadSize: '?', typeId: 0 },
      ...{ ...flags, rearm: '?', refuel: '?', repair: '?', planetary: '?', modifiedS: NOON_S },
    };
    expect(rowOfFacts(ownState({}), '77', 'v12')).toEqual(row);
    // A dump that does not know the distance leaves 0.
    expect(rowOfFacts(ownState({}, { dumpS: 0 }), '77', 'v12')).toEqual({ ...row, lsFromStar: 0 });
  });

  test('may be made when somebody was there, and told its name', () => {
    const place = says(NOON_S, { system: SOL });
    expect(isWhole(ownState({ ...place, ...says(NOON_S, { name: NAME }) }))).toBe(true);
    expect(isWhole(ownState({ ...place, ...factsOf(RANK.fills, NOON_S, { name: NAME }) }))).toBe(false);
    expect(isWhole(ownState(place))).toBe(false);
    expect(isWhole(ownState(says(NOON_S, { name: NAME })))).toBe(false);
  });

  test('is a carrier by its type', () => {
    expect([isCarrier(CARRIER, 'v13'), isCarrier(PORT, 'v13'), isCarrier(24, 'v12')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('a message of a market tells where it is, that there is one, and its name where that is certain', () => {
  const place = says(NOON_S, { system: SOL, market: 'Y' });
  expect(marketFacts(NAME, SOL, NOON_S, true)).toEqual({ ...place, ...says(NOON_S, { name: NAME }) });
  expect(marketFacts(NAME, SOL, NOON_S, false)).toEqual({
    ...{ ...place, ...factsOf(RANK.fills, NOON_S, { name: NAME }) },
  });
});
