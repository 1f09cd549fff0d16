import { describe, expect, test, vi } from 'vitest';
import { emptyCommander, lastSeen } from '../../src/domain/colonisation/book/commander.ts';
import { isConstruction, portName } from '../../src/domain/colonisation/book/construction.ts';
import { goodSymbol } from '../../src/domain/colonisation/book/goods.ts';
import { contentsOf, mergeHolds, UNKNOWN_HOLD, type Hold } from '../../src/domain/colonisation/book/hold.ts';
import { keptId, readKept, writeKept, type Kept } from '../../src/domain/colonisation/book/kept.ts';
import { newest, timeKey, union, unlessSame } from '../../src/domain/colonisation/book/newest.ts';
import { completedBy, isOpen, siteProgress, siteSeenAtS } from '../../src/domain/colonisation/book/site.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import {
  bookOf,
  CARRIER_ID,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  JOURNAL_S,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';

const stats = (at: number) =>
  journalLine(at, 'CarrierStats', { CarrierID: CARRIER_ID, Callsign: 'K7Q-B1N', Name: 'OURS' });
const place = (at: number) => journalLine(at, 'FSDJump', { StarSystem: `Star ${at}`, SystemAddress: 7 });
const BUILD = [...loginLines(), dockedLine(1), depotLine(2, { steel: [10, 1] }), stats(3)];

/** Of a line of the first commander's. */
const findings = (line: string) => new JournalReader({ fid: 'F1', position: null }).read(line);

/** `site 7`, sorted. */
const named = (kept: readonly Kept[]) => kept.map((each) => `${each.kind} ${keptId(each)}`).sort();
const ALL = [`carrier ${CARRIER_ID}`, 'commander F1', `site ${SITE_ID}`];

describe('what is new', () => {
  test('is told once, as it is now', () => {
    const book = bookOf(BUILD);
    const told = book.takeChanged(false);
    expect(named(told)).toEqual(ALL);
    expect(told.find(({ kind }) => kind === 'site')).toEqual({ kind: 'site', site: book.sites.get(SITE_ID) });
    expect(book.takeChanged(true)).toEqual([]);
    book.take(findings(contributionLine(9, { steel: 3 })));
    expect(named(book.takeChanged(false))).toEqual(['commander F1', `site ${SITE_ID}`]);
  });

  test('is nothing where the same is told again', () => {
    const book = bookOf(BUILD);
    book.takeChanged(true);
    book.take(BUILD.flatMap(findings));
    expect(book.takeChanged(true)).toEqual([]);
  });

  test('is a site that was only seen again when all is asked for, unless it changes', () => {
    const book = bookOf(BUILD);
    book.takeChanged(false);
    book.take(findings(depotLine(20, { steel: [10, 1] })));
    expect(book.takeChanged(false)).toEqual([]);
    const [again] = book.takeChanged(true);
    expect(again).toMatchObject({ kind: 'site', site: { depot: { atS: JOURNAL_S + 20 } } });
    expect(book.takeChanged(true)).toEqual([]);
    book.take(findings(depotLine(30, { steel: [10, 1] })));
    book.take(findings(depotLine(40, { steel: [10, 2] })));
    expect(named(book.takeChanged(false))).toEqual([`site ${SITE_ID}`]);
    expect(book.takeChanged(true)).toEqual([]);
  });

  test('is a site whose flags or progress are others, though its goods are not', () => {
    const book = bookOf(BUILD);
    for (const [at, more] of [
      { ConstructionProgress: 0.6 },
      { ConstructionProgress: 0.6, ConstructionFailed: true },
    ].entries()) {
      book.takeChanged(true);
      book.take(findings(depotLine(20 + at, { steel: [10, 1] }, more)));
      expect(named(book.takeChanged(false))).toEqual([`site ${SITE_ID}`]);
    }
  });

  test('is no carrier that nobody of ours commands', () => {
    const docked = dockedLine(1, {
      StationName: 'K7Q',
      StationType: 'FleetCarrier',
      MarketID: CARRIER_ID,
      StationServices: [],
    });
    const book = bookOf([
      ...loginLines(),
      docked,
      journalLine(2, 'MarketSell', { MarketID: CARRIER_ID, Type: 'gold', Count: 2 }),
    ]);
    expect(named(book.takeChanged(true))).toEqual(['commander F1']);
    // But what he sold there is known as soon as it is ours.
    book.take(findings(stats(3)));
    expect(book.carriers[0]?.hold.moves).toHaveLength(1);
  });

  test('can be asked for as it is now', () => {
    const book = bookOf(BUILD);
    const before = book.takeChanged(false);
    book.take([depotLine(9, { steel: [10, 5] }), place(10)].flatMap(findings));
    for (const kept of before) {
      const now = book.now(kept);
      expect([now.kind, keptId(now)]).toEqual([kept.kind, keptId(kept)]);
      expect(now === kept || JSON.stringify(now) === JSON.stringify(kept)).toBe(kept.kind === 'carrier');
      // What nobody knows is what it was.
      expect(bookOf([]).now(kept)).toEqual(kept);
    }
  });
});

describe('journals that are read anew', () => {
  const other = [
    ...loginLines(0, 'F2', 'OTHER'),
    contributionLine(5, { steel: 4 }),
    depotLine(6, { steel: [10, 5] }),
  ];
  const wrong = [...loginLines(), dockedLine(1), contributionLine(3, { steel: 9 }), stats(3)];
  const anew = [...loginLines(), dockedLine(1), contributionLine(3, { steel: 2 }), stats(4), place(9)];
  const gaveOf = (book: ReturnType<typeof bookOf>) =>
    book.sites.get(SITE_ID)?.deliveries.map(({ fid, goods }) => [fid, goods.steel]);

  test('take the place of what the same commanders told, and leave what others told', () => {
    const book = bookOf(wrong, other);
    book.swapIn(bookOf(anew), true);
    expect(gaveOf(book)).toEqual([
      ['F1', 2],
      ['F2', 4],
    ]);
    // The other one was there later: what he counted holds.
    expect(book.sites.get(SITE_ID)?.depot?.atS).toBe(JOURNAL_S + 6);
    expect(book.commanders.get('F1')?.position?.systemName).toBe('Star 9');
    expect(book.carriers[0]?.facts?.atS).toBe(JOURNAL_S + 4);
  });

  test('take the place of an older count of somebody else, too', () => {
    const book = bookOf(wrong, other);
    book.swapIn(bookOf([...anew, depotLine(7, { steel: [10, 3] })]), true);
    expect(book.sites.get(SITE_ID)).toMatchObject({
      depot: { atS: JOURNAL_S + 7 },
      counted: { steel: { tonnes: 3 } },
    });
  });

  test('are added to what is known where some of them are missing, or of a site nobody knew', () => {
    const book = bookOf(wrong);
    book.swapIn(bookOf(anew), false);
    expect(gaveOf(book)).toEqual([
      ['F1', 2],
      ['F1', 9],
    ]);
    const empty = bookOf([]);
    empty.swapIn(bookOf(anew), true);
    expect(gaveOf(empty)).toEqual([['F1', 2]]);
    expect(named(empty.takeChanged(false))).toEqual(ALL);
  });
});

describe('what is kept', () => {
  test('is read as it was written', () => {
    for (const kept of bookOf(BUILD).takeChanged(true))
      expect(readKept(kept.kind, writeKept(kept))).toEqual(kept);
  });

  test('is left alone where a later version wrote it, and an error where it is damaged', () => {
    expect(readKept('site', '{"schema":3,"state":{}}')).toBeNull();
    for (const damaged of [
      '{"schema":0,"state":{}}',
      '{"schema":"1","state":{}}',
      '{"schema":1}',
      '{"state":{}}',
      '{"schema":1,"state":7}',
    ])
      expect(() => readKept('site', damaged), damaged).toThrow('no site of this program');
  });

  test('by the first version tells since when a site was a port, and that somebody docked there', () => {
    const old = (kind: Kept['kind'], state: object) => readKept(kind, JSON.stringify({ schema: 1, state }));
    expect(old('site', { marketId: 7, portAtS: 9 })).toEqual({
      ...{ kind: 'site', site: { marketId: 7, port: { atS: 9, by: 'docking' } } },
    });
    expect(old('site', { marketId: 7, portAtS: null })).toEqual({
      kind: 'site',
      site: { marketId: 7, port: null },
    });
    expect(old('carrier', { carrierId: 7 })).toEqual({ kind: 'carrier', carrier: { carrierId: 7 } });
  });
});

describe('of what was seen twice', () => {
  test('the newest holds; of one second the same, whichever came first', () => {
    const [a, b, same] = [
      { atS: 1, x: 'a' },
      { atS: 2, x: 'b' },
      { atS: 2, x: 'c' },
    ];
    expect([newest(a, b), newest(b, a), newest(null, a), newest(a, null), newest(null, null)]).toEqual([
      b,
      b,
      a,
      a,
      null,
    ]);
    expect([newest(b, same), newest(same, b)]).toEqual([same, same]);
    const twin = { ...b };
    expect(newest(b, twin)).toBe(b);
  });

  test('lists are one list, sorted, without doubles, and the same one where nothing is new', () => {
    const [a, b] = [
      ['b', 'd'],
      ['a', 'c', 'd', 'e'],
    ];
    const key = (entry: string) => entry;
    expect(union(a, b, key)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(union(a, ['d', 'b'], key)).toBe(a);
    expect([union(a, [], key), union([], a, key)]).toEqual([a, a]);
    expect(union(a, [], key)).toBe(a);
    expect([timeKey(9), timeKey(10)].sort()).toEqual([timeKey(9), timeKey(10)]);
  });

  test('a long list is joined with another without looking through it for each entry', () => {
    const [long, between] = [0, 1].map((odd) =>
      Array.from({ length: 1_000 }, (_, i) => timeKey(2 * i + odd)),
    );
    const key = vi.fn((entry: string) => entry);
    expect(union(long!, [...long!], key)).toBe(long);
    expect(union(long!, between!, key)).toEqual([...long!, ...between!].sort());
    expect(key.mock.calls.length).toBeLessThan(30_000);
  });

  test('nothing has changed where every part is the same one', () => {
    const before = { a: 1, b: [] };
    expect(unlessSame(before, { ...before })).toBe(before);
    expect(unlessSame(before, { ...before, a: 2 })).toEqual({ a: 2, b: before.b });
  });
});

describe('a hold', () => {
  const move = (atS: number, steel = 1) => ({ atS, fid: 'F1', goods: { steel } });
  const hold = (fields: Partial<Hold>): Hold => ({ ...UNKNOWN_HOLD, ...fields });
  const LIST = { atS: 10, goods: { steel: 5 } };

  test('keeps the moves after its list, the newest thousand', () => {
    const moves = Array.from({ length: 1_005 }, (_, at) => move(at + 11));
    const merged = mergeHolds(hold({ list: LIST }), hold({ moves: [move(10), ...moves] }));
    expect(merged.moves).toEqual(moves.slice(-1_000));
    expect(mergeHolds(hold({ moves: moves.slice(0, 1_000) }), UNKNOWN_HOLD).moves).toHaveLength(1_000);
    expect(mergeHolds(hold({ list: LIST }), hold({ moves: [move(10), move(11)] })).moves).toEqual([move(11)]);
  });

  test('is the same one where nothing is new', () => {
    const before = hold({ list: LIST, moves: [move(11)], total: { atS: 11, tonnes: 6 } });
    for (const told of [
      UNKNOWN_HOLD,
      hold({ moves: [move(9), move(11)] }),
      hold({ list: { ...LIST, atS: 9 } }),
      hold({ total: { atS: 1, tonnes: 1 } }),
    ])
      expect(mergeHolds(before, told)).toBe(before);
    for (const told of [
      hold({ moves: [move(11, 2)] }),
      hold({ list: { ...LIST, atS: 11 } }),
      hold({ total: { atS: 12, tonnes: 6 } }),
    ])
      expect(mergeHolds(before, told)).not.toBe(before);
  });

  test('is told in all as of the last move or later', () => {
    const unaccounted = (atS: number, moves: Hold['moves']) =>
      contentsOf(hold({ list: LIST, moves, total: { atS, tonnes: 9 } }))?.unaccounted;
    expect([
      unaccounted(10, []),
      unaccounted(9, []),
      unaccounted(11, [move(11)]),
      unaccounted(10, [move(11)]),
    ]).toEqual([4, null, 3, null]);
  });
});

test.each([
  ['Orbital Construction Site: Port', 'Coriolis', [], true, 'Port'],
  [' planetary construction site:  Port ', null, [], true, 'Port'],
  ['Orbital Construction Site: ', null, [], true, null],
  ['System Colonisation Ship', null, [], true, null],
  ['$EXT_PANEL_ColonisationShip:#index=1;', null, [], true, null],
  ['Port', 'SpaceConstructionDepot', [], true, null],
  ['Port', 'PlanetaryConstructionDepot', [], true, null],
  ['Port', 'SurfaceStation', ['dock', 'colonisationcontribution'], true, null],
  ['Port', 'Coriolis', ['dock'], false, null],
  ['Port', null, [], false, null],
  ['The Orbital Construction Site: Port', null, [], false, null],
  ['My System Colonisation Ship', null, [], false, null],
  ['System Colonisation Shipyard', null, [], false, null],
])('%j of type %j with %j builds: %j, a port called %j', (name, type, services, builds, port) => {
  expect(isConstruction({ name, type, services })).toBe(builds);
  expect(portName(name)).toBe(port);
});

test.each([
  ['$Aluminium_name;', 'aluminium'],
  [' CMM Composite ', 'cmmcomposite'],
  ['name_tag', 'nametag'],
  ['a$b;c', 'a$b;c'],
  ['$_name;', null],
  ['$constructor_name;', null],
  ['', null],
  [7, null],
])('%j is the good %j', (spelled, symbol) => {
  expect(goodSymbol(spelled)).toBe(symbol);
});

test('who was seen last is who has the newest place', () => {
  const seen = (fid: string, atS: number) => ({
    ...emptyCommander(fid),
    position: { atS, systemName: 'Sol', systemId: null, station: null },
  });
  expect(lastSeen([seen('F1', 5), seen('F2', 9), emptyCommander('F3'), seen('F4', 7)])?.fid).toBe('F2');
  expect([lastSeen([]), lastSeen([emptyCommander('F3')])]).toEqual([null, null]);
});

describe('a site', () => {
  const siteOf = (...lines: readonly string[]) => bookOf([...loginLines(), ...lines]).sites.get(SITE_ID)!;
  const DONE = { ConstructionComplete: true };
  const port = (at: number) =>
    dockedLine(at, { StationName: 'Trevithick Dock', StationType: 'Coriolis', StationServices: ['dock'] });

  test('is complete by what tells so first: its depot, or a port in its place', () => {
    const whole = depotLine(2, { steel: [5, 5] }, DONE);
    expect(completedBy(siteOf(dockedLine(1), whole))).toBe('depot');
    expect(completedBy(siteOf(dockedLine(1), whole, port(9)))).toBe('depot');
    expect(completedBy(siteOf(dockedLine(1), depotLine(2, { steel: [5, 4] }), port(9)))).toBe('docking');
    expect(completedBy(siteOf(dockedLine(1)))).toBeNull();
  });

  test('is open while it is planned or built', () => {
    const open = [
      siteOf(dockedLine(1)),
      siteOf(depotLine(2, { steel: [5, 4] })),
      siteOf(depotLine(2, { steel: [5, 5] }, DONE)),
      siteOf(depotLine(2, { steel: [5, 4] }, { ConstructionFailed: true })),
    ].map(isOpen);
    expect(open).toEqual([true, true, false, false]);
  });

  test('was seen last when anything was told of it', () => {
    const at = (...lines: readonly string[]) => siteSeenAtS(siteOf(...lines))! - JOURNAL_S;
    expect([at(dockedLine(1)), at(depotLine(2, {})), at(contributionLine(3, { steel: 1 }))]).toEqual([
      1, 2, 3,
    ]);
    expect(at(dockedLine(1), depotLine(2, {}), contributionLine(3, { steel: 1 }), port(4))).toBe(4);
    expect(siteSeenAtS({ ...siteOf(dockedLine(1)), place: null })).toBeNull();
  });

  test('that takes nothing has the progress that is told', () => {
    expect(siteProgress(siteOf(depotLine(2, {})))).toBe(0.5);
    // More than is required does not make up for what is missing.
    expect(siteProgress(siteOf(depotLine(2, { steel: [10, 30], gold: [10, 5] })))).toBe(0.75);
  });
});
