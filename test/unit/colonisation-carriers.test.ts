import { describe, expect, test } from 'vitest';
import { placeOf, transitOf, type Carrier } from '../../src/domain/colonisation/book/carrier.ts';
import { contentsOf } from '../../src/domain/colonisation/book/hold.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import {
  bookOf,
  CARRIER_ID,
  contributionLine,
  dockedLine,
  journalLine,
  JOURNAL_S,
  loginLines,
} from '../support/journals.ts';

const carrier = { CarrierID: CARRIER_ID };
const stats = (at: number, cargo: number, more: object = {}) =>
  journalLine(at, 'CarrierStats', {
    ...{ ...carrier, Callsign: 'K7Q-B1N', Name: 'OUR SHIP', FuelLevel: 900, JumpRangeCurr: 500 },
    SpaceUsage: { TotalCapacity: 25_000, Cargo: cargo, FreeSpace: 20_000 - cargo },
    ...more,
  });
const market = (at: number, stock: Readonly<Record<string, number>>) =>
  journalLine(at, 'Market', {
    ...{ MarketID: CARRIER_ID, StationName: 'K7Q-B1N', StationType: 'FleetCarrier', StarSystem: 'Sol' },
    Items: Object.entries(stock).map(([symbol, Stock]) => ({ Name: `$${symbol}_name;`, Stock, BuyPrice: 1 })),
  });
const docked = (at: number) =>
  dockedLine(at, {
    StationName: 'K7Q-B1N',
    StationType: 'FleetCarrier',
    MarketID: CARRIER_ID,
    StationServices: [],
  });
const sell = (at: number, Type: string, Count: number) =>
  journalLine(at, 'MarketSell', { MarketID: CARRIER_ID, Type, Count });
const buy = (at: number, Type: string, Count: number) =>
  journalLine(at, 'MarketBuy', { MarketID: CARRIER_ID, Type, Count });

/** The carrier and the commander after these lines, and side files as they were then. */
function after(lines: readonly string[], sideFiles: readonly string[] = []) {
  const book = bookOf([...loginLines(), ...lines]);
  const reader = new JournalReader({ fid: 'F1', position: null });
  for (const text of sideFiles) book.take(reader.readSideFile(text));
  const found = book.carriers[0];
  if (found === undefined) throw new Error('no carrier');
  const commander = book.commanders.get('F1');
  if (commander === undefined) throw new Error('no commander');
  return { carrier: found, commander };
}

describe('the hold of a carrier', () => {
  test('is the list of its market, and what was traded after it', () => {
    const lines = [
      stats(0, 120),
      docked(1),
      sell(5, 'steel', 100),
      sell(20, 'steel', 30),
      buy(21, 'copper', 8),
    ];
    const { hold } = after(lines, [market(10, { steel: 100, copper: 20 })]).carrier;
    expect(contentsOf(hold)).toEqual({
      ...{ goods: { steel: 130, copper: 12 }, listedAtS: JOURNAL_S + 10 },
      unaccounted: null,
    });
  });

  test('is unknown without a list, however much was traded: transactions alone prove nothing', () => {
    expect(contentsOf(after([stats(0, 120), docked(1), sell(5, 'steel', 100)]).carrier.hold)).toBeNull();
  });

  test('tells how many tonnes nobody knows of', () => {
    const lines = [docked(1), sell(20, 'steel', 30), stats(30, 175)];
    const { hold } = after(lines, [market(10, { steel: 100 })]).carrier;
    expect(contentsOf(hold)).toMatchObject({ goods: { steel: 130 }, unaccounted: 45 });
  });

  test('is never below 0, and takes what is moved without a trade', () => {
    const transfer = journalLine(25, 'CargoTransfer', {
      Transfers: [
        { Type: 'steel', Count: 40, Direction: 'tocarrier' },
        { Type: 'copper', Count: 5, Direction: 'toship' },
        { Type: 'gold', Count: 5, Direction: 'tosrv' },
      ],
    });
    const lines = [stats(0, 0), docked(1), buy(20, 'copper', 80), transfer];
    const { hold } = after(lines, [market(10, { steel: 1, copper: 20 })]).carrier;
    expect(contentsOf(hold)?.goods).toEqual({ steel: 41 });
  });

  test('is the newest list, whichever is read first', () => {
    const lines = [stats(0, 0), docked(1), sell(15, 'steel', 5)];
    const lists = [market(10, { steel: 100 }), market(20, { steel: 7 })];
    for (const order of [lists, lists.toReversed()]) {
      expect(contentsOf(after(lines, order).carrier.hold)?.goods).toEqual({ steel: 7 });
    }
  });
});

test('an order is the last one of its good; 0 and a cancelled one are none; its tonnes are no stock', () => {
  const order = (at: number, Commodity: string, more: object) =>
    journalLine(at, 'CarrierTradeOrder', { ...carrier, Commodity, ...more });
  const { carrier: found } = after([
    order(1, 'steel', { SaleOrder: 100, Price: 9 }),
    order(2, 'steel', { PurchaseOrder: 70, Price: 8 }),
    order(1, 'copper', { SaleOrder: 100, Price: 9 }),
    order(2, 'copper', { CancelTrade: true }),
    order(1, 'gold', { PurchaseOrder: 5, Price: 9 }),
    order(3, 'gold', { PurchaseOrder: 0 }),
    order(2, 'gold', { PurchaseOrder: 5, Price: 9 }),
  ]);
  expect(found.orders).toMatchObject({
    steel: { side: 'buys', tonnes: 70, price: 8 },
    copper: { side: null },
    gold: { side: null },
  });
  expect(contentsOf(found.hold)).toBeNull();
});

test('a jump is under way until it is cancelled, the carrier is seen there, or its time is over', () => {
  const request = journalLine(10, 'CarrierJumpRequest', {
    ...{
      ...carrier,
      SystemName: 'Sol',
      SystemAddress: 10_477_373_803,
      DepartureTime: '2026-05-01T12:20:00Z',
    },
  });
  const seen = (at: number, StarSystem: string, SystemAddress: number) =>
    journalLine(at, 'CarrierLocation', { ...carrier, StarSystem, SystemAddress });
  const cancelled = journalLine(11, 'CarrierJumpCancelled', carrier);
  const going = (found: Carrier, minutes: number) =>
    transitOf(found, JOURNAL_S + minutes * 60)?.to?.systemName;
  const base = [stats(0, 0), seen(1, 'Xinca', 4_408_557_439_331), request];
  const { carrier: found } = after(base);
  expect(going(found, 19)).toBe('Sol');
  expect(going(found, 36)).toBeUndefined();
  expect(placeOf(found, JOURNAL_S + 60)?.systemName).toBe('Xinca');
  expect(placeOf(found, JOURNAL_S + 36 * 60)?.systemName).toBe('Sol');
  expect(going(after([...base, cancelled]).carrier, 1)).toBeUndefined();
  expect(going(after([...base, seen(1_201, 'Sol', 10_477_373_803)]).carrier, 21)).toBeUndefined();
  expect(going(after([...base, seen(20, 'Xinca', 4_408_557_439_331)]).carrier, 1)).toBe('Sol');
});

test("a squadron's carrier is another one: its place is not taken for ours", () => {
  const book = bookOf([
    ...loginLines(),
    stats(0, 0),
    journalLine(1, 'CarrierLocation', { ...carrier, StarSystem: 'Sol', SystemAddress: 1 }),
    journalLine(3, 'CarrierLocation', {
      CarrierID: 5,
      CarrierType: 'SquadronCarrier',
      StarSystem: 'Far',
      SystemAddress: 2,
    }),
    stats(4, 0, { CarrierID: 5, CarrierType: 'SquadronCarrier', Callsign: 'ABCD' }),
  ]);
  expect(book.carriers.map(({ place, facts }) => [place?.systemName, facts?.isSquadrons])).toEqual([
    ['Sol', false],
    ['Far', true],
  ]);
});

test('carriers that nobody of ours commands are passed by', () => {
  expect(bookOf([...loginLines(), docked(1), sell(2, 'steel', 5)]).carriers).toEqual([]);
});

describe('the cargo of a ship', () => {
  const cargo = (at: number, more: object) => journalLine(at, 'Cargo', { Vessel: 'Ship', ...more });
  const list = (at: number, goods: Readonly<Record<string, number>>) =>
    cargo(at, { Count: 1, Inventory: Object.entries(goods).map(([Name, Count]) => ({ Name, Count })) });
  const aboard = (lines: readonly string[], side: readonly string[] = []) =>
    contentsOf(after([stats(0, 0), ...lines], side).commander.cargo);

  test('is the newest list, and what was bought, sold, moved and delivered after it', () => {
    const lines = [
      list(1, { steel: 50 }),
      buy(2, 'copper', 9),
      contributionLine(3, { steel: 20 }),
      sell(4, 'copper', 1),
    ];
    expect(aboard(lines)?.goods).toEqual({ steel: 30, copper: 8 });
    expect(aboard(lines, [list(10, { gold: 1 })])?.goods).toEqual({ gold: 1 });
  });

  test('is empty where there is nothing, or the ship is lost; unknown where nobody has told', () => {
    expect(aboard([list(1, { steel: 50 }), cargo(2, { Count: 0 })])?.goods).toEqual({});
    expect(aboard([list(1, { steel: 50 }), journalLine(2, 'Died')])?.goods).toEqual({});
    expect(aboard([cargo(2, { Count: 5 })])).toBeNull();
    expect(aboard([list(1, { steel: 50 }), cargo(2, { Vessel: 'SRV', Count: 0 })])?.goods).toEqual({
      steel: 50,
    });
  });

  test('tells how much there is besides, by the count or by Status.json', () => {
    expect(aboard([list(1, { steel: 50 }), cargo(2, { Count: 58 })])?.unaccounted).toBe(8);
    const status = (Flags: number) => journalLine(3, 'Status', { Flags, Cargo: 51 });
    expect(aboard([list(1, { steel: 50 })], [status(1 << 24)])?.unaccounted).toBe(1);
    expect(aboard([list(1, { steel: 50 })], [status(1 << 26)])?.unaccounted).toBe(-49);
  });

  test('half a side file tells nothing', () => {
    const whole = list(10, { gold: 1 });
    for (let at = 0; at < whole.length; at++) {
      expect(aboard([list(1, { steel: 50 })], [whole.slice(0, at)])?.goods).toEqual({ steel: 50 });
    }
  });
});

test('where a commander is, and where he is docked', () => {
  const at = (...lines: readonly string[]) => after([stats(0, 0), ...lines]).commander.position;
  const jump = journalLine(5, 'FSDJump', { StarSystem: 'Sol', SystemAddress: 10_477_373_803 });
  expect(at(docked(1))?.station).toEqual({ name: 'K7Q-B1N', marketId: CARRIER_ID, type: 'FleetCarrier' });
  expect(at(docked(1), journalLine(2, 'Undocked'))).toMatchObject({
    systemName: 'Hyades Sector AB-C',
    station: null,
  });
  expect(at(docked(1), jump)).toMatchObject({ systemName: 'Sol', systemId: '10477373803', station: null });
});

test('of two commanders in one folder each has his own', () => {
  const book = bookOf(
    [...loginLines(0, 'F1', 'ONE'), docked(1)],
    [...loginLines(0, 'F2', 'TWO'), journalLine(1, 'FSDJump', { StarSystem: 'Sol', SystemAddress: 1 })],
  );
  expect(
    [...book.commanders.values()].map(({ name, position }) => [name?.text, position?.systemName]),
  ).toEqual([
    ['ONE', 'Hyades Sector AB-C'],
    ['TWO', 'Sol'],
  ]);
});
