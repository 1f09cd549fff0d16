import { expect, test } from 'vitest';
import { aStation, aSystem, dumpOf, stageOne, stageText } from '../support/dump.ts';

const profileOf = (fields: Readonly<Record<string, unknown>>) =>
  stageOne(aStation(fields)).station?.row?.profile;

test("services and economies are called as the game's journal calls them", () => {
  const services = ['Dock', 'Market', 'Interstellar Factors Contact', 'Search and Rescue', 'Restock'];
  expect(profileOf({ services, economies: { Refinery: 20, Agriculture: 80 } })).toEqual({
    services: 'commodities,dock,facilitator,rearm,searchrescue',
    economies: 'agri=0.8,refinery=0.2',
  });
});

test('economies come with the greatest first, of one share by name; a whole is one', () => {
  expect(profileOf({ economies: { Tourism: 25, Colony: 25, Military: 0, Service: 50 } })?.economies).toBe(
    'service=0.5,colony=0.25,tourism=0.25',
  );
  expect(profileOf({ economies: { Terraforming: 100, Prison: 101 } })?.economies).toBe('terraforming=1');
});

test('sixty-four names are taken, of as many letters', () => {
  const services = Array.from({ length: 65 }, (_, i) => `s${i + 10}`);
  expect(profileOf({ services })?.services).toBe(services.slice(0, 64).join());
  expect(profileOf({ services: ['x'.repeat(64)] })?.services).toBe('x'.repeat(64));
});

test('what is unknown is not told; an empty list says that there are none', () => {
  expect(profileOf({ services: undefined })).toEqual({});
  expect(profileOf({ services: [], economies: {} })).toEqual({ services: '' });
});

test('a station has the name of the body with which it is listed, wherever the name stands', () => {
  const staged = stageText(
    dumpOf(
      aSystem({
        bodies: [
          { name: 'Sol 3', stations: [aStation({ id: 2 })] },
          { stations: [aStation({ id: 3 })], name: 'Sol 4' },
          { stations: [aStation({ id: 4 })] },
        ],
        stations: [aStation({ id: 1 })],
      }),
    ),
  );
  expect(staged.stations.map(({ id, row }) => [id, row?.profile?.body])).toEqual([
    [1n, undefined],
    [2n, 'Sol 3'],
    [3n, 'Sol 4'],
    [4n, undefined],
  ]);
});

test.each([
  [[null, 7, {}, 'x'.repeat(65), '---', 'constructor'], null, 'constructor'],
  ['Dock', [], undefined],
  [['Dock', 'dock', 'DOCK'], { Agriculture: 'much', ['constructor']: 1e9, '': 50, Military: -1 }, 'dock'],
])('nonsense is left out: %j %j', (services, economies, told) => {
  expect(profileOf({ services, economies })).toEqual(told === undefined ? {} : { services: told });
});
