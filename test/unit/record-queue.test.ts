import { expect, test } from 'vitest';
import { factsOf, joinFacts, newestFactS, RANK } from '../../src/domain/galaxy/facts.ts';
import { newer, newerVendor, RecordQueue } from '../../src/domain/galaxy/gathered.ts';
import type {
  GalaxyRecord,
  MarketRecord,
  SystemRecord,
  VendorRecord,
} from '../../src/domain/galaxy/records.ts';

const system = (told: Partial<SystemRecord> = {}): SystemRecord => ({
  ...{ kind: 'system', id: 1n, name: 'Sol', x: 0, y: 0, z: 0, observedAtS: 100 },
  ...told,
});
const vendor = (told: Partial<VendorRecord> = {}): VendorRecord => ({
  ...{ kind: 'vendor', id: 1, wares: 'ships', observedAtS: 100, goods: 'adder' },
  ...told,
});
const market = (told: Partial<MarketRecord> = {}): MarketRecord => ({
  ...{ kind: 'market', id: 1, software: 'EDDiscovery', observedAtS: 100, updates: 1 },
  ...told,
});
const station = (atS: number, name: string): GalaxyRecord => ({
  ...{ kind: 'station', id: 1, facts: factsOf(RANK.tells, atS, { name }) },
});

/** What waits when these were told, in this order. */
function queued(...records: readonly GalaxyRecord[]): GalaxyRecord[] {
  const queue = new RecordQueue(100);
  for (const record of records) queue.add([record]);
  return queue.take(100);
}

test.each<[string, GalaxyRecord, GalaxyRecord, GalaxyRecord]>([
  ['a system: the newer', system(), system({ observedAtS: 101, x: 1 }), system({ observedAtS: 101, x: 1 })],
  ['a system, of one second: the greater', system(), system({ name: 'Sola' }), system({ name: 'Sola' })],
  ['a system, elsewhere', system({ z: 5 }), system({ z: 4 }), system({ z: 5 })],
  [
    'a vendor: the newer',
    vendor({ goods: 'viper' }),
    vendor({ observedAtS: 101 }),
    vendor({ observedAtS: 101 }),
  ],
  [
    'a vendor, of one second: the greater list',
    vendor(),
    vendor({ goods: 'viper' }),
    vendor({ goods: 'viper' }),
  ],
  [
    'a market: the newer teller, and how often it was told',
    market({ updates: 2 }),
    market({ observedAtS: 101, software: 'A', updates: 3 }),
    market({ observedAtS: 101, software: 'A', updates: 5 }),
  ],
  [
    'a market, of one second: the greater teller',
    market(),
    market({ software: 'EDMC' }),
    market({ software: 'EDMC', updates: 2 }),
  ],
  ['a station: the newer of each fact', station(100, 'Old'), station(101, 'New'), station(101, 'New')],
])('what is told twice waits once, whatever came first: %s', (_, one, other, merged) => {
  expect(queued(one, other)).toEqual([merged]);
  expect(queued(other, one)).toEqual([merged]);
});

test('things are told apart by kind and id, vendors by what they sell, too', () => {
  const records = [
    system(),
    vendor(),
    vendor({ wares: 'modules' }),
    market(),
    market({ id: 2 }),
    station(1, 'A'),
  ];
  expect(queued(...records)).toEqual(records);
});

test('they leave in the order in which they came; what there is no room for is counted, not what is there already', () => {
  const queue = new RecordQueue(2);
  queue.add([market(), market({ id: 2 }), market({ id: 3 }), market({ id: 2 })]);
  expect([queue.size, queue.dropped]).toEqual([2, 1]);
  expect(queue.take(1)).toEqual([market()]);
  expect([queue.size, queue.take(5)]).toEqual([1, [market({ id: 2, updates: 2 })]]);
  expect(queue.take(5)).toEqual([]);
});

test('of equals either is as good', () => {
  expect(newer(system(), system())).toEqual(system());
  expect(newerVendor(vendor(), vendor())).toEqual(vendor());
});

test('of a fact who tells goes before who fills, then the newer one, then the greater; names come out sorted', () => {
  const [fills, tells] = [RANK.fills, RANK.tells];
  const joined = joinFacts(
    factsOf(tells, 100, { type: 'Orbis', name: 'B', ls: 9, body: undefined }),
    factsOf(fills, 200, { type: 'Dodec', pads: 'L' }),
    factsOf(tells, 100, { name: 'A', ls: 10 }),
    factsOf(tells, 101, { type: 'Coriolis' }),
    factsOf(fills, 199, { pads: 'M' }),
  );
  expect(Object.entries(joined)).toEqual([
    ['ls', [tells, 100, 10]],
    ['name', [tells, 100, 'B']],
    ['pads', [fills, 200, 'L']],
    ['type', [tells, 101, 'Coriolis']],
  ]);
  expect([newestFactS(joined), newestFactS({})]).toEqual([200, -1]);
});
