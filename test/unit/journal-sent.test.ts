import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { ReceivedLines } from '../../src/domain/colonisation/reading/read-sent.ts';
import { partOf, SentReader, type SentLine } from '../../src/domain/colonisation/reading/sent-lines.ts';
import {
  bookOf,
  CARRIER_ID,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  loginLines,
} from '../support/journals.ts';
import { SeededRandom } from '../support/random.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const sent = (lines: readonly string[], reader = new SentReader()): SentLine[] =>
  lines.flatMap((line) => reader.read(line));

function receive(text: string, latestS = Infinity): ReceivedLines {
  const received = new ReceivedLines(latestS);
  for (const line of text.split('\n')) received.take(line);
  return received;
}

/** Everything that is read, in every shape, with what is nobody's business. */
const EVENTS: readonly string[] = [
  ...loginLines(),
  journalLine(1, 'LoadGame', {
    FID: 'F1',
    Commander: 'JAMESON',
    Credits: 123_456_789,
    Loan: 0,
    Group: 'Friends',
  }),
  journalLine(2, 'Location', {
    ...{ StarSystem: 'Sol', Docked: true, StationName: 'Port', StationType: 'Coriolis', MarketID: 77 },
    ...{ Body: 'Earth', Latitude: 12.5, StationServices: ['dock'] },
  }),
  journalLine(3, 'FSDJump', { StarSystem: 'Alioth', JumpDist: 12, FuelUsed: 3, Wanted: true }),
  dockedLine(4, { Wanted: true, DistFromStarLS: 3, StationFaction: { Name: 'Us' } }),
  depotLine(5, { steel: [100, 3] }),
  depotLine(20, { steel: [100, 3] }),
  journalLine(21, 'ColonizationConstructionDepot', {
    ...{ MarketID: 5, StationName: 'Old', StarSystem: 'Sol', ConstructionProgress: 50 },
    Commodities: [{ Name: '$steel_name;', Name_Localised: 'Stahl', Total: 9, Delivered: 2, Payment: 4 }],
  }),
  contributionLine(22, { steel: 4 }),
  journalLine(23, 'ColonizationContribution', {
    ...{ MarketID: 5, Commodity: '$Steel_name;', Quantity: 1, TotalQuantity: 3, CreditsReceived: 4_000 },
  }),
  journalLine(24, 'MarketBuy', { MarketID: 77, Type: 'gold', Count: 8, BuyPrice: 9_000, TotalCost: 72_000 }),
  journalLine(25, 'CarrierStats', {
    ...{
      CarrierID: CARRIER_ID,
      Callsign: 'K7Q-B1N',
      Name: 'HOME',
      CarrierType: 'FleetCarrier',
      FuelLevel: 500,
    },
    ...{
      JumpRangeCurr: 500,
      SpaceUsage: { TotalCapacity: 25_000, Cargo: 12, FreeSpace: 9_000, Crew: 1_000 },
    },
    ...{ Finance: { CarrierBalance: 5_000_000_000 }, Crew: [{ CrewName: 'Somebody' }] },
  }),
  journalLine(26, 'CarrierLocation', { CarrierID: CARRIER_ID, StarSystem: 'Sol' }),
  journalLine(27, 'CarrierJumpRequest', {
    ...{
      CarrierID: CARRIER_ID,
      SystemName: 'Alioth',
      DepartureTime: '2026-05-01T12:30:00Z',
      Body: 'Alioth 4',
    },
  }),
  journalLine(28, 'CarrierJumpCancelled', { CarrierID: CARRIER_ID }),
  journalLine(29, 'CarrierTradeOrder', { CarrierID: CARRIER_ID, Commodity: 'gold', SaleOrder: 12, Price: 9 }),
  journalLine(30, 'Undocked', { StationName: 'Port' }),
  journalLine(31, 'CarrierJump', {
    ...{ StarSystem: 'Sol', Docked: true, StationName: 'K7Q-B1N', StationType: 'FleetCarrier' },
    MarketID: CARRIER_ID,
  }),
  journalLine(32, 'MarketSell', { MarketID: CARRIER_ID, Type: 'gold', Count: 2, SellPrice: 1 }),
  journalLine(33, 'CargoTransfer', { Transfers: [{ Type: 'gold', Count: 1, Direction: 'tocarrier' }] }),
  journalLine(34, 'Cargo', { Vessel: 'Ship', Count: 5, Inventory: [{ Name: 'gold', Count: 5, Stolen: 0 }] }),
  journalLine(35, 'Loadout', {
    Ship: 'type9',
    ShipName: 'MINE',
    CargoCapacity: 700,
    MaxJumpRange: 20,
    HullValue: 5,
  }),
  journalLine(36, 'ReceiveText', { From: 'A friend', Message: 'hello' }),
  journalLine(37, 'Friends', { Status: 'Online', Name: 'A friend' }),
  journalLine(38, 'Died'),
  // Ids beyond what a number holds.
  journalLine(39, 'FSDJump', { StarSystem: 'Far' }).replace('}', ',"SystemAddress":9151314442816847873}'),
];

test('what is sent of a line tells what the whole line tells, and nothing more', () => {
  const [whole, less] = [new JournalReader(), new JournalReader()];
  const texts = sent(EVENTS).map(({ text }) => text);
  const told = (reader: JournalReader, lines: readonly string[]) =>
    lines.flatMap((line) => reader.read(line));
  expect(told(less, texts)).toEqual(told(whole, EVENTS));
  expect(less.context).toEqual(whole.context);
  expect(less.context.position?.systemId).toBe('9151314442816847873');
  const all = texts.join('\n');
  for (const personal of [
    ...[
      'Credits',
      '123456789',
      'Group',
      'Latitude',
      'Wanted',
      'Finance',
      'CrewName',
      'ReceiveText',
      'friend',
    ],
    ...['SellPrice', 'BuyPrice', 'TotalCost', 'ShipName', 'HullValue', 'CreditsReceived', 'Stolen', 'Body'],
  ])
    expect(all).not.toContain(personal);
});

test('files beside a journal are sent as far as they are used', () => {
  const reader = new SentReader();
  const cargo = journalLine(9, 'Cargo', {
    Vessel: 'Ship',
    Count: 1,
    Inventory: [{ Name: 'gold', Count: 1, MissionID: 5 }],
  });
  const items = [{ id: 1, Name: '$gold_name;', Stock: 4, BuyPrice: 1 }];
  const market = (StationType: string) =>
    journalLine(9, 'Market', { MarketID: CARRIER_ID, StationType, StationName: 'X', Items: items });
  const status = (at: number, Cargo: number) =>
    journalLine(at, 'Status', { Flags: 1 << 24, Cargo, Balance: 5, Latitude: 1, Destination: { Name: 'Y' } });
  // Nobody knows whose they are.
  expect(reader.readSideFile(cargo)).toEqual([]);
  sent(loginLines(), reader);
  const said = [
    cargo,
    market('Coriolis'),
    market('FleetCarrier'),
    status(1, 3),
    status(2, 3),
    status(3, 4),
    'half',
  ]
    .flatMap((text) => reader.readSideFile(text))
    .map(({ text }) => text);
  expect(said.map((text) => (JSON.parse(text) as { event: string }).event)).toEqual([
    ...['Cargo', 'Market', 'Status', 'Status'],
  ]);
  expect(said.join()).not.toMatch(/MissionID|BuyPrice|Balance|Latitude|Destination|StationName/);
  const whole = new JournalReader();
  for (const line of loginLines()) whole.read(line);
  const { text } = partOf(reader.readSideFile(cargo), Infinity);
  expect(receive(text).findings).toContainEqual(whole.readSideFile(cargo)[0]);
  const sentMarket = partOf(reader.readSideFile(market('FleetCarrier')), Infinity).text;
  expect(receive(sentMarket).findings.at(-1)).toEqual(whole.readSideFile(market('FleetCarrier'))[0]);
});

test('parts cut anywhere, sent in any order and again, come to the same as the files', () => {
  const random = new SeededRandom(11);
  const files = [
    EVENTS,
    [...loginLines(50, 'F2', 'OTHER'), dockedLine(51), contributionLine(52, { steel: 9 })],
    [...loginLines(60, 'F3', 'THIRD'), contributionLine(61, { steel: 2 })],
  ];
  const whole = bookOf(...files);
  for (let run = 0; run < 30; run++) {
    const parts: string[] = [];
    for (let waiting = files.flatMap((lines) => sent(lines)); waiting.length > 0;) {
      const { text, lines } = partOf(waiting, Math.ceil(random.next() * 4_000));
      parts.push(text);
      waiting = waiting.slice(lines);
    }
    const book = new ColonisationBook();
    const order = [...parts, ...parts].sort(() => random.next() - 0.5);
    for (const part of order) book.take(receive(part).findings);
    expect(book.sites).toEqual(whole.sites);
    expect(book.carriers).toEqual(whole.carriers);
    expect(book.commanders).toEqual(whole.commanders);
  }
});

test('a restart of the sender goes on with what must be known', () => {
  const first = new SentReader();
  const lines = [...loginLines(), dockedLine(1), journalLine(2, 'Undocked'), dockedLine(3)];
  sent(lines, first);
  const second = new SentReader(JSON.parse(JSON.stringify(first.context)) as typeof first.context);
  const { text } = partOf(sent([depotLine(4, { steel: [5, 0] })], second), Infinity);
  expect(text.split('\n').map((line) => /"event":"(\w+)"/.exec(line)?.[1])).toEqual([
    ...['Fileheader', 'Commander', 'Docked', 'ColonisationConstructionDepot', undefined],
  ]);
  const book = new ColonisationBook();
  book.take(receive(text).findings);
  expect([...book.sites.values()][0]?.place?.systemName).toBe('Hyades Sector AB-C');
});

test('lines that would count for nobody, or for ever, are refused with what to do; whole journals are taken', () => {
  const whole = [...loginLines(), 'x'.repeat(3), ''].join('\n');
  expect(() => receive(whole)).toThrow(/line 3 is no event: send each as one JSON object/);
  expect(() => receive(dockedLine(1))).toThrow(
    /line 1 \(Docked\) comes before it is told whose it is.*Commander/,
  );
  expect(() =>
    receive([...loginLines(), loginLines()[0], contributionLine(1, { steel: 1 })].join('\n')),
  ).toThrow(/line 4/);
  const early = [...loginLines(), depotLine(10_000, {})].join('\n');
  expect(() => receive(early, 1_777_636_800 + 9_999)).toThrow(
    /line 3 is of 2026-05-01T14:46:40Z, which is yet to come/,
  );
  const received = receive(`${EVENTS.join('\r\n')}\r\n`);
  expect(received).toMatchObject({ lines: EVENTS.length });
  const book = new ColonisationBook();
  book.take(received.findings);
  expect(book.sites).toEqual(bookOf(EVENTS).sites);
});

describe.skipIf(!hasSharedData)('two real journals of one build', () => {
  test('come to the same when one of them is sent', () => {
    const dir = new URL('journals/', SHARED_DATA);
    const files = readdirSync(dir)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .map((name) => readFileSync(new URL(name, dir), 'utf8').split('\n'));
    const whole = bookOf(...files);
    for (const [at, file] of files.entries()) {
      const book = bookOf(...files.filter((_, other) => other !== at));
      for (let waiting = sent(file); waiting.length > 0;) {
        const { text, lines } = partOf(waiting, 50_000);
        book.take(receive(text).findings);
        waiting = waiting.slice(lines);
      }
      expect(book.sites).toEqual(whole.sites);
      expect(book.carriers).toEqual(whole.carriers);
      expect(book.commanders).toEqual(whole.commanders);
    }
  });
});
