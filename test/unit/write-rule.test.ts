import { describe, expect, test } from 'vitest';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import {
  believedS,
  decideWrite,
  isMixedIdentity,
  isNewer,
  needsMemory,
  sameName,
  type Remembered,
  type StoredMarket,
  type StoredStation,
} from '../../src/domain/market/write-rule.ts';

const NOW_S = 1_000_000;
const SOL = 1;
const LHS = 2;

const ROWS = new Int32Array(ROW_WIDTH);
const EMPTY = new Int32Array();

/** What is told: Galileo in Sol, seen at 1,000 s. */
const snapshot = (told: Partial<Snapshot> = {}): Snapshot => ({
  ...{ marketId: 9, systemName: 'Sol', stationName: 'Galileo', observedAtS: 1_000 },
  ...{ receivedAtMs: 0, rows: ROWS },
  ...told,
});

/** What is stored: the same place, rows of 900 s. */
const station = (stored: Partial<StoredStation<number>> = {}): StoredStation<number> => ({
  ...{ name: 'Galileo', systemId: SOL, systemName: 'Sol', isCarrier: false, placedS: 500, newestAtS: 900 },
  ...stored,
});

const market = (stored: Partial<StoredMarket<number>> = {}): StoredMarket<number> => ({
  ...{ station: station(), systems: [], memory: {}, notAfterS: NOW_S },
  ...stored,
});

const remembered = (kind: Remembered['kind'], fields: Partial<Remembered> = {}): Remembered => ({
  ...{ kind, name: 'Galileo', systemName: 'Sol', observedAtS: 1_000 },
  ...fields,
});

const STAYS = { write: true, station: 'known', systemId: SOL, isRenamed: false };

describe('a market of a known station', () => {
  test.each([
    [899, { write: false, outcome: { status: 'stale', storedAtS: 900 } }],
    [900, STAYS],
    [901, STAYS],
  ])('told at %i beside rows of 900', (observedAtS, decision) => {
    expect(decideWrite(snapshot({ observedAtS }), market())).toEqual(decision);
  });

  test('without rows takes any', () => {
    expect(
      decideWrite(snapshot({ observedAtS: 0 }), market({ station: station({ newestAtS: null }) })),
    ).toEqual(STAYS);
  });

  test.each([
    [NOW_S, false],
    [NOW_S + 1, true],
  ])('whose rows claim to be of %i, when it is 1000000', (newestAtS, write) => {
    expect(decideWrite(snapshot(), market({ station: station({ newestAtS }) })).write).toBe(write);
  });

  test('its names are compared without case, outer blanks and what no name may hold', () => {
    const told = snapshot({ systemName: ' SOL ', stationName: 'GALILEO\0' });
    expect(decideWrite({ ...told, rows: EMPTY }, market()).write).toBe(true);
    expect(sameName('Galileo', 'Galilei')).toBe(false);
  });
});

describe('an empty list', () => {
  test('clears a station of its name, and is remembered', () => {
    expect(decideWrite(snapshot({ rows: EMPTY }), market())).toEqual({
      ...STAYS,
      remember: remembered('clear'),
    });
  });

  test('clears none of another name', () => {
    expect(decideWrite(snapshot({ rows: EMPTY, stationName: 'Daedalus' }), market())).toEqual({
      write: false,
      outcome: { status: 'invalid', reason: 'market id and name disagree' },
    });
  });

  test('of an unknown market is remembered', () => {
    expect(decideWrite(snapshot({ rows: EMPTY }), market({ station: undefined }))).toEqual({
      write: false,
      outcome: { status: 'written', rows: 0, station: 'unknown' },
      remember: remembered('clear'),
    });
  });

  test('of an unknown market is refused where nothing can be remembered', () => {
    expect(decideWrite(snapshot({ rows: EMPTY }), market({ station: undefined, memory: null }))).toEqual({
      write: false,
      outcome: { status: 'invalid', reason: 'empty list for an unknown market' },
    });
  });

  test('that has been remembered already is not written again, as long as no rows have come since', () => {
    const memory = { clear: remembered('clear') };
    const again = (stored: Partial<StoredMarket<number>>, told = snapshot({ rows: EMPTY })) =>
      decideWrite(told, market({ station: station({ newestAtS: null }), memory, ...stored }));
    expect(again({})).toEqual({
      write: false,
      outcome: { status: 'written', rows: 0, station: 'known' },
    });
    expect(again({ station: station({ newestAtS: 900 }) }).write).toBe(true);
    expect(again({}, snapshot({ rows: EMPTY, observedAtS: 1_001 })).write).toBe(true);
    expect(again({}, snapshot()).write).toBe(true);
    expect(again({ memory: {} }).write).toBe(true);
    const moved = { station: station({ newestAtS: null, isCarrier: true }), systems: [LHS] };
    expect(again(moved, snapshot({ rows: EMPTY, systemName: 'LHS 20' }))).toMatchObject({ station: 'moved' });
  });

  test('is the only one that needs the memory', () => {
    expect(needsMemory([snapshot(), snapshot({ rows: EMPTY })])).toBe(true);
    expect(needsMemory([snapshot(), snapshot()])).toBe(false);
    expect(needsMemory([])).toBe(false);
  });
});

describe('a clear that is remembered', () => {
  const clear = (fields: Partial<Remembered> = {}) => ({
    memory: { clear: remembered('clear', { observedAtS: 1_001, ...fields }) },
  });

  test('makes what was seen before it stale, whatever the rows say', () => {
    expect(decideWrite(snapshot(), market(clear()))).toEqual({
      write: false,
      outcome: { status: 'stale', storedAtS: 1_001 },
    });
  });

  test('is settled by what was seen at the same second or after it', () => {
    expect(decideWrite(snapshot({ observedAtS: 1_001 }), market(clear()))).toEqual({
      ...STAYS,
      forget: ['clear'],
    });
  });

  test('counts for a station of its name, also when the message has another', () => {
    const told = snapshot({ stationName: 'Daedalus', systemName: 'Sol' });
    expect(decideWrite(told, market(clear())).write).toBe(false);
    const unknown = market({ station: undefined, systems: [SOL], ...clear() });
    expect(decideWrite(snapshot(), unknown).write).toBe(false);
  });

  test('counts for no other', () => {
    expect(decideWrite(snapshot(), market(clear({ name: 'Abraham' })))).toEqual({
      ...STAYS,
      forget: ['clear'],
    });
    const unknown = market({ station: undefined, systems: [SOL], ...clear({ name: '' }) });
    expect(decideWrite(snapshot(), unknown)).toMatchObject({ write: true, station: 'created' });
  });

  test('goes with a claim of the same second', () => {
    const memory = { claim: remembered('claim', { observedAtS: 1_000 }) };
    expect(decideWrite(snapshot(), market({ memory }))).toEqual({ ...STAYS, forget: ['claim'] });
  });

  test('is not believed when nobody can have seen it', () => {
    expect(decideWrite(snapshot(), market(clear({ observedAtS: NOW_S + 1 }))).write).toBe(true);
  });
});

describe('an unknown market', () => {
  test.each([
    ['is created in the one system of that name', [SOL], { write: true, station: 'created', systemId: SOL }],
    ['waits for its system', [], { write: false, outcome: { status: 'unknownSystem' } }],
    [
      'waits while several systems have that name',
      [SOL, LHS],
      { write: false, outcome: { status: 'unknownSystem' } },
    ],
  ])('%s', (_, systems, decision) => {
    expect(decideWrite(snapshot(), market({ station: undefined, systems }))).toMatchObject(decision);
  });

  test('settles what is remembered of it when it is created', () => {
    const memory = { clear: remembered('clear'), claim: remembered('claim', { observedAtS: 1_001 }) };
    // A newer claim stands.
    expect(decideWrite(snapshot(), market({ station: undefined, systems: [SOL], memory }))).toEqual({
      ...{ write: true, station: 'created', systemId: SOL, isRenamed: false, forget: ['clear'] },
    });
  });
});

describe('a known station in another system', () => {
  const elsewhere = { systemName: 'LHS 3447' } as const;

  test('moves there', () => {
    expect(decideWrite(snapshot(elsewhere), market({ systems: [LHS] }))).toEqual({
      ...{ write: true, station: 'moved', systemId: LHS, isRenamed: false },
    });
  });

  test.each([[[]], [[LHS, 3]]])('waits while systems %j have that name', (systems) => {
    expect(decideWrite(snapshot(elsewhere), market({ systems }))).toEqual({
      ...{ write: false, outcome: { status: 'unknownSystem' } },
    });
  });

  test('waits with an empty list, too, which is not remembered before', () => {
    expect(decideWrite(snapshot({ ...elsewhere, rows: EMPTY }), market())).toEqual({
      ...{ write: false, outcome: { status: 'unknownSystem' } },
    });
  });

  test('stays where one of several systems of that name is its own', () => {
    expect(decideWrite(snapshot(elsewhere), market({ systems: [LHS, SOL] }))).toEqual(STAYS);
  });

  test.each([
    [1_000, 'moved'],
    [1_001, 'known'],
    [NOW_S + 1, 'moved'],
  ])('placed at %i, told at 1000: %s', (placedS, told) => {
    const stored = market({ systems: [LHS], station: station({ placedS }) });
    expect(decideWrite(snapshot(elsewhere), stored)).toMatchObject({ write: true, station: told });
  });

  test('clears on its way', () => {
    expect(decideWrite(snapshot({ ...elsewhere, rows: EMPTY }), market({ systems: [LHS] }))).toMatchObject({
      ...{ write: true, station: 'moved', remember: { kind: 'clear', systemName: 'LHS 3447' } },
    });
  });
});

describe('another name and another system', () => {
  const told = (fields: Partial<Snapshot> = {}) =>
    snapshot({ stationName: 'Trevithick Dock', systemName: 'LHS 3447', ...fields });
  const claim = (fields: Partial<Remembered> = {}) =>
    remembered('claim', {
      ...{ name: 'Trevithick Dock', systemName: 'LHS 3447', observedAtS: 999 },
      ...fields,
    });
  const RENAMED = { write: true, station: 'moved', systemId: LHS, isRenamed: true };

  test('are not believed the first time, but remembered', () => {
    expect(decideWrite(told(), market({ systems: [LHS] }))).toEqual({
      ...{ write: false, outcome: { status: 'unconfirmed' }, remember: claim({ observedAtS: 1_000 }) },
    });
  });

  test('are not believed where nothing can be remembered', () => {
    expect(decideWrite(told(), market({ systems: [LHS], memory: null }))).toMatchObject({ write: false });
  });

  test('are believed when a later message says so, too', () => {
    expect(decideWrite(told(), market({ systems: [LHS], memory: { claim: claim() } }))).toEqual({
      ...RENAMED,
      forget: ['claim'],
    });
  });

  test('are believed when an earlier message that said so gave way to this one', () => {
    const confirmed = told({ isConfirmed: true });
    expect(decideWrite(confirmed, market({ systems: [LHS] }))).toEqual(RENAMED);
  });

  test.each([
    ['of the same second', { observedAtS: 1_000 }, true],
    ['of another name', { name: 'Abraham' }, true],
    ['of another system', { systemName: 'Lave' }, true],
    ['that is newer', { observedAtS: 1_001 }, false],
  ])('are not confirmed by a claim %s', (_, fields, isRemembered) => {
    const decision = decideWrite(told(), market({ systems: [LHS], memory: { claim: claim(fields) } }));
    expect(decision).toMatchObject({ write: false, outcome: { status: 'unconfirmed' } });
    expect(decision.remember !== undefined).toBe(isRemembered);
  });

  test.each([
    ['a carrier', 'Trevithick Dock', [LHS], { isCarrier: true }, false],
    ['its own system', 'Trevithick Dock', [SOL], {}, false],
    ['its own name', 'galileo', [LHS], {}, false],
    ['neither', 'Trevithick Dock', [LHS], {}, true],
    ['a system that nobody knows', 'Trevithick Dock', [], {}, true],
  ])('%s: another station or not', (_, name, systems, stored, isMixed) => {
    expect(isMixedIdentity(name, systems, station(stored))).toBe(isMixed);
  });

  test('of a carrier are a move', () => {
    const stored = market({ systems: [LHS], station: station({ isCarrier: true }) });
    expect(decideWrite(told(), stored)).toEqual({ ...RENAMED, isRenamed: false });
  });
});

describe('a dump', () => {
  test.each([
    [900, 900, false],
    [901, 900, true],
    [0, null, true],
    [900, NOW_S + 1, true],
    [NOW_S, NOW_S, false],
  ])('of %i beside %j', (observedAtS, storedS, isNew) => {
    expect(isNewer(observedAtS, storedS, NOW_S)).toBe(isNew);
  });

  test.each([
    [1_000, false],
    [1_001, true],
  ])('of %i after a clear of 1000', (observedAtS, isNew) => {
    expect(isNewer(observedAtS, 900, NOW_S, remembered('clear'))).toBe(isNew);
    expect(isNewer(observedAtS, null, NOW_S, remembered('clear'))).toBe(isNew);
  });
});

test.each([
  [null, null],
  [undefined, null],
  [NOW_S, NOW_S],
  [NOW_S + 1, null],
])('a stored time of %j is believed as %j', (storedS, believed) => {
  expect(believedS(storedS, NOW_S)).toBe(believed);
});
