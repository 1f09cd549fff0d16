import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deliveredBy,
  percentOf,
  siteGoods,
  siteProgress,
  siteState,
} from '../../src/domain/colonisation/book/site.ts';
import {
  bookOf,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  JOURNAL_S,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';

const siteOf = (...files: readonly (readonly string[])[]) => {
  const site = bookOf(...files).sites.get(SITE_ID);
  if (site === undefined) throw new Error('no site');
  return site;
};

/** Provided of required tonnes, by symbol. */
const standing = (...files: readonly (readonly string[])[]) =>
  Object.fromEntries(
    siteGoods(siteOf(...files)).map(({ symbol, provided, required }) => [symbol, [provided, required]]),
  );

describe('a site', () => {
  test('is what the newest depot event tells, with its name from the docking', () => {
    const site = siteOf([
      ...loginLines(),
      dockedLine(10),
      depotLine(20, { steel: [100, 10] }),
      depotLine(30, { steel: [100, 30], copper: [7, 0] }),
    ]);
    expect(site).toMatchObject({
      marketId: SITE_ID,
      place: {
        ...{ name: 'Orbital Construction Site: Trevithick Dock', systemName: 'Hyades Sector AB-C' },
        ...{ systemId: '11668486497665', type: 'SpaceConstructionDepot' },
      },
      depot: { atS: JOURNAL_S + 30, progress: 0.5 },
    });
    expect(siteGoods(site)).toEqual([
      { symbol: 'steel', name: 'STEEL', required: 100, provided: 30, remaining: 70, payment: 1_000 },
      { symbol: 'copper', name: 'COPPER', required: 7, provided: 0, remaining: 7, payment: 1_000 },
    ]);
    expect(siteState(site)).toBe('building');
    expect(siteProgress(site)).toBeCloseTo(30 / 107);
  });

  test('in the first shape, with its own names, and in the other spelling', () => {
    const old = {
      ...{ MarketID: SITE_ID, ConstructionProgress: 25, StationName: 'Site', StarSystem: 'Sol' },
      Commodities: [{ Name: 'Steel', Name_Localised: 'Stahl', Total: 40, Delivered: 10, Payment: 5 }],
    };
    const site = siteOf([journalLine(1, 'ColonizationConstructionDepot', old)]);
    expect(site.place).toMatchObject({ name: 'Site', systemName: 'Sol', systemId: null });
    expect(site.depot?.progress).toBe(0.25);
    expect(siteGoods(site)).toEqual([
      { symbol: 'steel', name: 'Stahl', required: 40, provided: 10, remaining: 30, payment: 5 },
    ]);
    expect(
      standing([
        journalLine(1, 'ColonizationConstructionDepot', old),
        journalLine(2, 'ColonizationContribution', {
          MarketID: SITE_ID,
          Commodity: '$Steel_name;',
          TotalQuantity: 15,
          Quantity: 5,
        }),
      ]),
    ).toEqual({ steel: [15, 40] });
  });

  test('counts what was delivered after the newest depot event, and nothing twice', () => {
    const lines = [
      ...loginLines(),
      depotLine(10, { steel: [1_000, 50] }),
      contributionLine(11, { steel: 40 }),
      contributionLine(12, { steel: 40 }),
    ];
    expect(standing(lines)).toEqual({ steel: [130, 1_000] });
    expect(standing(lines, lines)).toEqual({ steel: [130, 1_000] });
    // The game writes the depot after a delivery, in the same second, too.
    expect(standing([...lines, depotLine(12, { steel: [1_000, 130] })])).toEqual({ steel: [130, 1_000] });
    expect(deliveredBy(siteOf(lines))).toEqual(new Map([['F1', 80]]));
  });

  test('that nobody has told the goods of is planned, not done', () => {
    const site = siteOf([...loginLines(), dockedLine(10)]);
    expect(siteState(site)).toBe('planned');
    expect(siteProgress(site)).toBeNull();
    expect(siteGoods(siteOf([contributionLine(1, { steel: 5 })]))).toEqual([
      { symbol: 'steel', name: null, required: null, provided: 5, remaining: null, payment: null },
    ]);
  });

  test('is complete or failed, and the two are told apart', () => {
    const done = { ConstructionComplete: true, ConstructionProgress: 1 };
    expect(siteState(siteOf([depotLine(1, { steel: [10, 10] }, done)]))).toBe('complete');
    expect(siteState(siteOf([depotLine(1, { steel: [10, 4] }, { ConstructionFailed: true })]))).toBe(
      'failed',
    );
  });

  test('is closed by a docking at the port it has become: by its id, or by name and system', () => {
    const before = [...loginLines(), dockedLine(1), depotLine(2, { steel: [10, 9] })];
    const port = { StationType: 'Coriolis', StationServices: ['dock', 'commodities'] };
    const closed = (docking: object, at = 100) =>
      siteState(siteOf([...before, dockedLine(at, { ...port, ...docking })]));
    expect(closed({ StationName: 'Trevithick Dock' })).toBe('complete');
    expect(closed({ StationName: 'trevithick dock', MarketID: 42 })).toBe('complete');
    expect(closed({ StationName: 'Trevithick Dock', MarketID: 42, SystemAddress: 7 })).toBe('building');
    expect(closed({ StationName: 'Other Dock', MarketID: 42 })).toBe('building');
    // Older than what tells that it is built.
    expect(closed({ StationName: 'Trevithick Dock', MarketID: 42 }, 1)).toBe('building');
  });
});

/** The faults of the systems before us: reference/sibling-systems.md, 4c. */
describe('faults that others had', () => {
  test('2: both spellings are read', () => {
    expect(standing([depotLine(1, { steel: [10, 1] }).replace('Colonisation', 'Colonization')])).toEqual({
      steel: [1, 10],
    });
  });

  test('3: every entry of a delivery counts, as the amount of this delivery', () => {
    const lines = [
      depotLine(1, { steel: [100, 50], copper: [60, 0] }),
      contributionLine(2, { steel: 40, copper: 9 }),
    ];
    expect(standing(lines)).toEqual({ steel: [90, 100], copper: [9, 60] });
  });

  test('4: a colonisation ship is a site by its docking, and names the depot events without a name', () => {
    const ship = dockedLine(1, {
      StationName: '$EXT_PANEL_ColonisationShip; [inactive]',
      ...{ StationType: 'SurfaceStation', StationServices: ['dock', 'colonisationcontribution'] },
    });
    const byName = dockedLine(1, {
      StationName: '$EXT_PANEL_ColonisationShip:#index=1;',
      ...{ StationType: 'SurfaceStation', StationServices: ['dock'] },
    });
    for (const docked of [ship, byName]) {
      expect(siteOf([docked]).place?.name).toMatch(/^System Colonisation Ship/);
    }
    // Even where nothing says that it is one: whoever writes a depot event is docked there.
    const odd = dockedLine(1, { StationName: 'Odd', StationType: 'SurfaceStation', StationServices: [] });
    expect(siteOf([...loginLines(), odd, depotLine(2, { steel: [1, 0] })]).place).toMatchObject({
      ...{ name: 'Odd', systemName: 'Hyades Sector AB-C' },
    });
    // Unknown is unknown, no name that looks like one.
    expect(siteOf([depotLine(2, { steel: [1, 0] })]).place).toBeNull();
  });

  test('5: requirements may shrink and leave no phantom rest; what is provided never regresses', () => {
    const [first, second] = [depotLine(1, { steel: [100, 97] }), depotLine(9, { steel: [97, 97] })];
    for (const lines of [
      [first, second],
      [second, first],
    ]) {
      expect(standing(lines)).toEqual({ steel: [97, 97] });
    }
    expect(standing([depotLine(1, { steel: [100, 97] }), depotLine(9, { steel: [100, 90] })])).toEqual({
      steel: [97, 100],
    });
    // Older files change neither the flags nor the goods.
    const done = depotLine(9, { steel: [97, 97] }, { ConstructionComplete: true, ConstructionProgress: 1 });
    expect(siteState(siteOf([done], [first]))).toBe('complete');
    expect(standing([depotLine(9, { steel: [5, 0] })], [depotLine(1, { gold: [5, 0] })])).toEqual({
      steel: [0, 5],
    });
  });

  test('6: 0.9997 is not 100 %, progress is delivered of required, and complete takes both flag and goods', () => {
    expect(percentOf(0.999_708)).toBe(99.97);
    expect(percentOf(0.999_999_9)).toBe(99.99);
    expect(percentOf(1)).toBe(100);
    expect(percentOf(null)).toBeNull();
    // The game's own figure stands still.
    const still = siteOf([depotLine(1, { steel: [10_000, 9_997] }, { ConstructionProgress: 0.5 })]);
    expect(siteProgress(still)).toBe(0.9997);
    const flagged = depotLine(1, { steel: [10, 9] }, { ConstructionComplete: true });
    expect(siteState(siteOf([flagged]))).toBe('building');
    expect(siteState(siteOf([flagged, contributionLine(2, { steel: 1 })]))).toBe('complete');
  });

  test('7: a docking without faction, government or economy counts', () => {
    expect(siteOf([dockedLine(1)]).place?.name).toBe('Orbital Construction Site: Trevithick Dock');
  });

  test('8: goods are one by their symbol, however they are spelt', () => {
    const spelt = (Name: string) => ({ Name, RequiredAmount: 5, ProvidedAmount: 1, Payment: 1 });
    const lines = [
      depotLine(1, {}, { ResourcesRequired: [spelt('$CMMComposite_name;')] }),
      contributionLine(2, {}, { Contributions: [{ Name: 'CMM Composite', Amount: 2 }] }),
      contributionLine(3, {}, { Contributions: [{ Name: 'cmmcomposite', Amount: 1 }] }),
    ];
    expect(standing(lines)).toEqual({ cmmcomposite: [4, 5] });
  });

  test('10: what others deliver is there at once where their journals are read, else with the next depot event', () => {
    const ours = [
      ...loginLines(0, 'F1'),
      depotLine(1, { steel: [100, 10] }),
      contributionLine(2, { steel: 5 }),
    ];
    const theirs = [...loginLines(0, 'F2', 'RYDER'), contributionLine(2, { steel: 7 })];
    expect(standing(ours, theirs)).toEqual({ steel: [22, 100] });
    expect(
      standing([
        depotLine(1, { steel: [100, 10] }),
        contributionLine(2, { steel: 5 }),
        depotLine(20, { steel: [100, 60] }),
      ]),
    ).toEqual({ steel: [60, 100] });
  });
});

test('a repeat tells nothing but its time', () => {
  const book = bookOf([...loginLines(), dockedLine(1), depotLine(2, { steel: [9, 1] })]);
  const { goods } = book.sites.get(SITE_ID)?.depot ?? {};
  const again = bookOf([depotLine(2, { steel: [9, 1] }), depotLine(17, { steel: [9, 1] })]);
  expect(again.sites.get(SITE_ID)?.depot?.atS).toBe(JOURNAL_S + 17);
  expect(again.sites.get(SITE_ID)?.depot?.goods).toEqual(goods);
});

test('broken lines change nothing', () => {
  const lines = [
    ...loginLines(),
    dockedLine(1),
    depotLine(2, { steel: [9, 1] }),
    contributionLine(3, { steel: 2 }),
  ];
  const odd = [
    '{"timestamp":"2026-05-01T12:00:00Z","event":"ColonisationConstructionDepot"}',
    '{"timestamp":"2026-05-01T12:00:00Z","event":"ColonisationConstructionDepot","MarketID":-1,"ResourcesRequired":7}',
    journalLine(5, 'ColonisationContribution', {
      MarketID: SITE_ID,
      Contributions: [null, 3, { Name: 7, Amount: -5 }],
    }),
    journalLine(5, 'Docked', { StationName: 7 }),
    journalLine(5, 'Commander', { FID: null }),
    ...lines.map((line) => line.slice(0, -5)),
  ];
  expect(standing(lines.flatMap((line) => [...odd, line, ...odd]))).toEqual({ steel: [3, 9] });
});

/** Lines of several commanders at two sites, whatever happened there. */
const history = fc
  .array(
    fc.record({
      at: fc.nat(30),
      who: fc.constantFrom('F1', 'F2'),
      marketId: fc.constantFrom(SITE_ID, SITE_ID + 1),
      good: fc.constantFrom('steel', 'copper'),
      tonnes: fc.integer({ min: 1, max: 50 }),
      what: fc.constantFrom('depot', 'give', 'giveOld', 'dock'),
    }),
    { maxLength: 30 },
  )
  .map((events) =>
    events.map(({ at, who, marketId: MarketID, good, tonnes, what }) => {
      const line = {
        depot: depotLine(at, { [good]: [tonnes + 20, tonnes], gold: [9, at] }, { MarketID }),
        give: contributionLine(at, { [good]: tonnes }, { MarketID }),
        giveOld: journalLine(at, 'ColonisationContribution', {
          MarketID,
          Commodity: good,
          Quantity: 1,
          TotalQuantity: tonnes,
        }),
        dock: dockedLine(at, { MarketID, StationName: `Orbital Construction Site: ${tonnes}` }),
      }[what];
      return [...loginLines(0, who), line];
    }),
  );

test('the end is the same in whatever order files are read, and however often', () => {
  const sorted = (files: readonly (readonly string[])[]) =>
    [...bookOf(...files).sites.values()].sort((a, b) => a.marketId - b.marketId);
  fc.assert(
    fc.property(
      history.chain((files) =>
        fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })),
      ),
      ([files, shuffled]) => {
        expect(sorted(shuffled)).toEqual(sorted(files));
        expect(sorted([...files, ...shuffled])).toEqual(sorted(files));
      },
    ),
    { numRuns: 200 },
  );
});

test('what is provided never becomes less while lines are read in their order', () => {
  fc.assert(
    fc.property(history, (files) => {
      const depots = files.filter((lines) => lines.some((line) => line.includes('ConstructionDepot')));
      const provided = (read: readonly (readonly string[])[]) =>
        [...bookOf(...read).sites.values()].flatMap((site) =>
          siteGoods(site).map(
            ({ symbol, provided: tonnes }) => [`${site.marketId} ${symbol}`, tonnes] as const,
          ),
        );
      let before = new Map<string, number>();
      for (let count = 1; count <= depots.length; count++) {
        const now = new Map(provided(depots.slice(0, count)));
        for (const [key, tonnes] of now) expect(tonnes).toBeGreaterThanOrEqual(before.get(key) ?? 0);
        before = new Map([...before, ...now]);
      }
    }),
    { numRuns: 100 },
  );
});
