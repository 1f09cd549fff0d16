import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/colonisation/book/findings.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { ReceivedLines } from '../../src/domain/colonisation/reading/read-sent.ts';
import { partOf, SentReader } from '../../src/domain/colonisation/reading/sent-lines.ts';
import {
  CARRIER_ID,
  depotLine,
  dockedLine,
  journalLine,
  JOURNAL_S,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';

/** In the middle of a file of the first commander's. */
const reader = () => new JournalReader({ fid: 'F1', position: null });

const of = <K extends Finding['kind']>(kind: K, found: readonly Finding[]) =>
  found.filter((each): each is Extract<Finding, { kind: K }> => each.kind === kind);

const read = (event: string, more: object = {}) => reader().read(journalLine(1, event, more));

describe('a depot event', () => {
  const line = depotLine(2, { steel: [10, 1] });
  const later = depotLine(20, { steel: [10, 1] });

  test.each([
    ['as the game writes it', later],
    [
      'with blanks',
      ` { "timestamp" : "${new Date((JOURNAL_S + 20) * 1000).toISOString()}" , ${line.slice(line.indexOf('"event"'))}`,
    ],
  ])('that is repeated is the same but for its time: %s', (_, again) => {
    const journal = reader();
    const [first] = of('site', journal.read(line));
    expect(of('site', journal.read(again))).toEqual([
      { kind: 'site', site: { ...first!.site, depot: { ...first!.site.depot, atS: JOURNAL_S + 20 } } },
    ]);
    expect(journal.repeat('2026-05-01T12:00:30Z')).toEqual([
      { kind: 'site', site: { ...first!.site, depot: { ...first!.site.depot, atS: JOURNAL_S + 30 } } },
    ]);
    expect(journal.repeat('some time')).toEqual([]);
  });

  test('that differs is read, and nothing is repeated before the first', () => {
    const journal = reader();
    expect(journal.repeat('2026-05-01T12:00:30Z')).toEqual([]);
    journal.read(line);
    const [site] = of('site', journal.read(depotLine(9, { steel: [10, 7] })));
    expect(site?.site.depot?.goods.steel?.provided).toBe(7);
  });

  test('that ends like another one, and is none, tells nothing', () => {
    const journal = reader();
    journal.read(line);
    const rest = line.slice(line.indexOf('"event"'));
    expect(journal.read(`{"timestamp":"soon",${rest}`)).toEqual([]);
    expect(journal.read(`x{"timestamp":"2026-05-01T12:00:30Z",${rest}`)).toEqual([]);
  });

  test('of the first shape tells percent, and where it is', () => {
    const body = {
      ...{ MarketID: 7, ConstructionProgress: 25, ConstructionComplete: true, StarSystem: 'Sol' },
      ...{ StationName: 'Site', StationType: 'Depot', SystemAddress: 10_477_373_803 },
      Commodities: [
        { Name: '$steel_name;', Total: 10, Delivered: 3 },
        { Name: '$gold_name;', Total: 'many' },
        { Name: '', Total: 5 },
      ],
    };
    const [found] = of('site', read('ColonisationConstructionDepot', body));
    expect(found?.site).toMatchObject({
      marketId: 7,
      place: { name: 'Site', type: 'Depot', systemName: 'Sol', systemId: '10477373803' },
      depot: { progress: 0.25, isComplete: true, isFailed: false },
    });
    expect(Object.keys(found?.site.depot?.goods ?? {})).toEqual(['steel']);
    expect(read('ColonisationConstructionDepot', { ...body, MarketID: 0 })).toEqual([]);
  });

  test('names its place where whoever wrote it is docked, and no other', () => {
    const journal = reader();
    journal.read(dockedLine(1));
    const [site] = of('site', journal.read(line));
    expect(site?.site.place?.name).toBe('Orbital Construction Site: Trevithick Dock');
    const [other] = of('site', journal.read(depotLine(3, { steel: [1, 0] }, { MarketID: 9 })));
    expect(other?.site.place).toBeNull();
  });
});

test('a delivery of the first shape tells how much there is of the good in all', () => {
  const told = { MarketID: SITE_ID, Commodity: '$steel_name;', Quantity: 5, TotalQuantity: 50 };
  const [site] = of('site', read('ColonisationContribution', told));
  expect(site?.site).toMatchObject({
    counted: { steel: { tonnes: 50, atS: JOURNAL_S + 1 } },
    deliveries: [{ fid: 'F1', goods: { steel: 5 } }],
  });
  const [none] = of(
    'site',
    read('ColonisationContribution', { ...told, Quantity: 0, TotalQuantity: undefined }),
  );
  expect(none?.site).toMatchObject({ counted: {}, deliveries: [] });
  expect(read('ColonisationContribution', { ...told, MarketID: null })).toEqual([]);
});

describe('a commander', () => {
  test('has a ship, if its type is told', () => {
    const told = { Ship: 'cutter', CargoCapacity: 720, MaxJumpRange: 30.5 };
    expect(of('commander', read('Loadout', told))[0]?.commander.ship).toEqual({
      ...{ atS: JOURNAL_S + 1, type: 'cutter', cargoCapacity: 720, maxJumpRangeLy: 30.5 },
    });
    expect(read('Loadout', { ...told, Ship: null })).toEqual([]);
  });

  test('is where he jumps to, and docked only where he says so, at a station that has a name and an id', () => {
    const station = (event: string, more: object) => {
      const [found] = of(
        'commander',
        read(event, { StarSystem: 'Sol', StationName: 'X', MarketID: 7, ...more }),
      );
      return found?.commander.position?.station;
    };
    const docked = { name: 'X', marketId: 7, type: null };
    expect(station('Docked', {})).toEqual(docked);
    expect(station('Location', { Docked: true })).toEqual(docked);
    expect(station('CarrierJump', { Docked: true })).toEqual(docked);
    for (const [event, more] of [
      ['Location', {}],
      ['FSDJump', { Docked: false }],
      ['Docked', { StationName: '' }],
      ['Docked', { MarketID: 0 }],
    ] as const)
      expect(station(event, more), event).toBeNull();
    expect(read('Docked', { StationName: 'X', MarketID: 7 })).toEqual([]);
  });

  test('finds a port where he docks, or is docked when he logs in', () => {
    const told = { StarSystem: 'Sol', StationName: 'X', MarketID: 7, StationType: 'Coriolis' };
    expect(of('port', read('Docked', told))).toMatchObject([{ port: { marketId: 7, name: 'X' } }]);
    expect(of('port', read('Location', { ...told, Docked: true }))).toHaveLength(1);
    expect(of('port', read('Location', told))).toEqual([]);
    expect(of('port', read('CarrierJump', { ...told, Docked: true }))).toEqual([]);
    expect(of('port', read('Docked', { ...told, StationType: 'FleetCarrier' }))).toEqual([]);
  });

  test('who logs in again is where he was, another one is nowhere', () => {
    const journal = reader();
    journal.read(dockedLine(1));
    journal.read(loginLines(2, 'F1')[1]!);
    expect(journal.context.position?.station?.marketId).toBe(SITE_ID);
    journal.read(loginLines(3, 'F2')[1]!);
    expect(journal.context).toEqual({ fid: 'F2', position: null });
    expect(journal.read(journalLine(4, 'Commander', { Name: 'X' }))).toEqual([]);
    expect(journal.context.fid).toBe('F2');
  });

  test('who undocks is in the system still, and nowhere where that is not known', () => {
    const journal = reader();
    expect(journal.read(journalLine(1, 'Undocked'))).toEqual([]);
    journal.read(dockedLine(1));
    journal.read(journalLine(2, 'Undocked'));
    expect(journal.context.position).toMatchObject({ systemName: 'Hyades Sector AB-C', station: null });
  });

  test('has aboard what is listed, in his ship only', () => {
    const cargo = (event: string, more: object) =>
      of('commander', reader().readSideFile(journalLine(1, event, more)))[0]?.commander.cargo;
    const list = { Vessel: 'Ship', Count: 3, Inventory: [{ Name: 'steel', Count: 3 }] };
    expect(cargo('Cargo', list)).toEqual({
      ...{ list: { atS: JOURNAL_S + 1, goods: { steel: 3 } }, moves: [] },
      total: { atS: JOURNAL_S + 1, tonnes: 3 },
    });
    expect(cargo('Cargo', { ...list, Vessel: 'SRV' })).toBeUndefined();
    expect(cargo('Cargo', { Count: 3 })).toMatchObject({ list: null, total: { tonnes: 3 } });
    expect(cargo('Cargo', { Count: 0 })).toMatchObject({ list: { goods: {} } });
    expect(cargo('Cargo', { Inventory: [] })).toMatchObject({ list: { goods: {} }, total: null });
    const inShip = 1 << 24;
    expect(cargo('Status', { Flags: inShip, Cargo: 9 })).toMatchObject({ total: { tonnes: 9 } });
    expect(cargo('Status', { Flags: 1, Cargo: 9 })).toBeUndefined();
    expect(cargo('Status', { Flags: inShip })).toBeUndefined();
    expect(cargo('Outfitting', { Flags: inShip, Cargo: 9 })).toBeUndefined();
  });
});

describe('a carrier', () => {
  const carrier = (event: string, more: object) =>
    of('carrier', read(event, { CarrierID: CARRIER_ID, ...more }))[0]?.carrier;

  test.each([
    [
      { SaleOrder: 5, Price: 9 },
      { side: 'sells', tonnes: 5, price: 9 },
    ],
    [
      { PurchaseOrder: 7, Price: 8 },
      { side: 'buys', tonnes: 7, price: 8 },
    ],
    [
      { SaleOrder: 5, CancelTrade: true },
      { side: null, tonnes: 0, price: null },
    ],
    [{}, { side: null, tonnes: 0, price: null }],
  ])('has an order %o', (more, order) => {
    const told = carrier('CarrierTradeOrder', { Commodity: 'steel', ...more });
    expect(told).toMatchObject({ isOurs: true, orders: { steel: order } });
    expect(carrier('CarrierTradeOrder', { Commodity: '', ...more })).toBeUndefined();
  });

  test('is where it is told to be, if that has a name; what is no carrier tells of none', () => {
    const place = { StarSystem: 'Sol', SystemAddress: 10_477_373_803 };
    expect(carrier('CarrierLocation', place)?.place).toMatchObject({
      ...{ systemName: 'Sol', systemId: '10477373803' },
    });
    expect(carrier('CarrierLocation', {})).toBeUndefined();
    expect(carrier('CarrierLocation', { ...place, CarrierID: 0 })).toBeUndefined();
    expect(carrier('CarrierJumpRequest', {})?.jump).toMatchObject({ to: null, departsAtS: null });
    expect(carrier('CarrierStats', {})?.hold.total).toBeNull();
  });

  test('has in its hold what its market lists, and is not ours for that', () => {
    const market = (more: object) =>
      of(
        'carrier',
        reader().readSideFile(
          journalLine(1, 'Market', {
            ...{ MarketID: CARRIER_ID, StationType: 'FleetCarrier' },
            Items: [
              { Name: '$steel_name;', Stock: 5 },
              { Name: '$gold_name;', Stock: 0 },
              { Name: '', Stock: 5 },
            ],
            ...more,
          }),
        ),
      )[0]?.carrier;
    expect(market({})).toMatchObject({ isOurs: false, hold: { list: { goods: { steel: 5 } } } });
    expect(Object.keys(market({})?.hold.list?.goods ?? {})).toEqual(['steel']);
    for (const change of [{ MarketID: 0 }, { StationType: 'Coriolis' }, { Items: 'all' }])
      expect(market(change)).toBeUndefined();
  });

  test('takes and gives what is moved while somebody is docked there', () => {
    const moved = (event: string, more: object, at: object = {}) => {
      const journal = reader();
      journal.read(dockedLine(1, { MarketID: CARRIER_ID, StationType: 'FleetCarrier', ...at }));
      const found = journal.read(journalLine(2, event, more));
      const goodsOf = (hold: { moves: readonly { goods: object }[] } | undefined) => hold?.moves[0]?.goods;
      return [
        goodsOf(of('commander', found)[0]?.commander.cargo ?? undefined),
        goodsOf(of('carrier', found)[0]?.carrier.hold),
      ];
    };
    const transfer = (Direction: string) => ({ Transfers: [{ Type: 'steel', Count: 4, Direction }] });
    expect(moved('CargoTransfer', transfer('toship'))).toEqual([{ steel: 4 }, { steel: -4 }]);
    expect(moved('CargoTransfer', transfer('tocarrier'))).toEqual([{ steel: -4 }, { steel: 4 }]);
    expect(moved('CargoTransfer', transfer('tosrv'))).toEqual([undefined, undefined]);
    const trade = { Type: 'steel', Count: 4 };
    expect(moved('MarketBuy', trade)).toEqual([{ steel: 4 }, { steel: -4 }]);
    expect(moved('MarketSell', { ...trade, MarketID: CARRIER_ID })).toEqual([{ steel: -4 }, { steel: 4 }]);
    expect(moved('MarketBuy', { ...trade, MarketID: 9 })).toEqual([{ steel: 4 }, undefined]);
    expect(moved('MarketBuy', trade, { StationType: 'Coriolis' })).toEqual([{ steel: 4 }, undefined]);
  });
});

describe('lines that are sent', () => {
  const named = (line: string | null) => /"event":"(\w+)"/.exec(line ?? '')?.[1];
  const sent = (...lines: readonly string[]) => {
    const from = new SentReader();
    return lines.flatMap((line) => from.read(line));
  };

  test('are those that are used, of somebody who is known, with what must be known before', () => {
    expect(sent('no JSON', journalLine(1, 'Music'), dockedLine(1))).toEqual([]);
    const lines = sent(
      ...loginLines(),
      dockedLine(1),
      journalLine(2, 'Undocked'),
      depotLine(3, { steel: [1, 0] }),
    );
    const { before } = lines.at(-1)!;
    expect([before.commander, before.place, before.undocked].map(named)).toEqual([
      ...['Commander', 'Docked', 'Undocked'],
    ]);
    expect(lines.map(({ text }) => named(text))).toEqual([
      ...['Commander', 'Docked', 'Undocked', 'ColonisationConstructionDepot'],
    ]);
    const [jump] = sent(
      ...loginLines(),
      journalLine(2, 'Undocked'),
      journalLine(3, 'FSDJump', { StarSystem: 'Sol' }),
    ).slice(-1);
    expect(jump?.after).toMatchObject({ undocked: null });
  });

  test('go in parts that are no longer than they may be, but for one line', () => {
    const lines = sent(...loginLines(), ...[1, 2, 3].map((at) => dockedLine(at)));
    const [head, one] = [partOf(lines.slice(0, 1), 1), partOf(lines.slice(0, 2), 1_000_000)];
    expect(head.lines).toBe(1);
    expect(head.text).toBe(`{"timestamp":"2026-05-01T12:00:00Z","event":"Fileheader"}\n${lines[0]!.text}\n`);
    expect(one.text).toBe(`${head.text}${lines[1]!.text}\n`);
    expect(partOf(lines, one.text.length).lines).toBe(2);
    expect(partOf(lines, one.text.length - 1).lines).toBe(1);
    expect(partOf(lines, Infinity).lines).toBe(lines.length);
    const rest = partOf(lines.slice(2), Infinity).text.split('\n');
    expect(rest.slice(0, 3).map(named)).toEqual([...['Fileheader', 'Commander', 'Docked']]);
  });

  test('and received tell what they told where they were written', () => {
    const received = new ReceivedLines(JOURNAL_S + 10);
    for (const line of [
      ...loginLines(),
      '',
      '  ',
      journalLine(0, 'Music'),
      dockedLine(1),
      journalLine(10, 'Undocked'),
    ])
      received.take(line);
    expect([received.lines, received.read]).toEqual([5, 3]);
    expect(of('site', received.findings)).toHaveLength(1);
  });

  test.each([
    [['not JSON'], 'line 1 is no event'],
    [
      [...loginLines(), journalLine(11, 'Undocked')],
      'line 3 is of 2026-05-01T12:00:11Z, which is yet to come',
    ],
    [[dockedLine(1)], 'line 1 (Docked) comes before it is told whose it is'],
    [[journalLine(1, 'Status', { Flags: 0 }), dockedLine(1)], 'line 2 (Docked) comes before'],
  ])('and are none are refused: %j', (lines, why) => {
    const received = new ReceivedLines(JOURNAL_S + 10);
    expect(() => {
      for (const line of lines) received.take(line);
    }).toThrow(why);
  });

  test('and of a file that begins anew are of whoever that tells', () => {
    const received = new ReceivedLines(JOURNAL_S + 10);
    for (const line of loginLines()) received.take(line);
    received.take(loginLines()[0]!);
    expect(() => received.take(dockedLine(1))).toThrow('line 4 (Docked) comes before');
  });
});
