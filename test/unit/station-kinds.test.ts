import { expect, test } from 'vitest';
import {
  isShipNotPort,
  kindFacts,
  typeIdOf,
  typeOfId,
} from '../../src/domain/galaxy/stations/station-kinds.ts';

test.each([
  ['Orbis', { type: 'Orbis', planetary: 'N', pads: 'L' }],
  [' orbis ', { type: 'Orbis', planetary: 'N', pads: 'L' }],
  ['Bernal', { type: 'Ocellus', planetary: 'N', pads: 'L' }],
  ['Outpost', { type: 'Outpost', planetary: 'N', pads: 'M' }],
  ['OnFootSettlement', { type: 'OnFootSettlement', planetary: 'Y' }],
  ['Palace', {}],
  ['constructor', {}],
  ['', {}],
  [7, {}],
  [undefined, {}],
])('a %j is known by its type: %j', (type, facts) => {
  expect(kindFacts(type, 'Galileo', 128_000_001)).toEqual(facts);
});

test.each([
  ['Fort Knox', 128_000_001, { planetary: 'Y' }],
  ['$EXT_PANEL_ColonisationShip:#index=1;', 128_000_001, { planetary: 'N', pads: 'L' }],
  [' Stronghold Carrier', 128_000_001, { planetary: 'N', pads: 'L' }],
  ['The Stronghold Carrier', 128_000_001, { planetary: 'Y' }],
  ['Fort Knox', 3_950_000_000, { planetary: 'N', pads: 'L' }],
  ['Fort Knox', 3_979_999_999, { planetary: 'N', pads: 'L' }],
  ['Fort Knox', 3_939_999_999, { planetary: 'N', pads: 'L' }],
  ['Fort Knox', 3_949_999_999, { planetary: 'Y' }],
  ['Fort Knox', 3_980_000_000, { planetary: 'Y' }],
  [' Trailblazer Dream', 129_000_001, { type: 'MegaShip', planetary: 'N', pads: 'L' }],
  ['Trailblazer Dream', 128_000_001, { planetary: 'Y' }],
  ['Port Trailblazer Dream', 129_000_001, { planetary: 'Y' }],
])('a surface station %j, market %i: %j', (name, marketId, facts) => {
  expect(kindFacts('SurfaceStation', name, marketId)).toEqual(facts);
  expect(isShipNotPort(name, marketId)).toBe('pads' in facts && !('type' in facts));
});

test.each([
  ['Orbis', 4, 8],
  ['Dodec', 0, 4],
  ['#77', 77, 77],
  ['Palace', 0, 0],
  [undefined, 0, 0],
])('the number of a %j is %i in v12, %i in v13', (type, v12, v13) => {
  expect([typeIdOf(type, 'v12'), typeIdOf(type, 'v13')]).toEqual([v12, v13]);
});

test.each([
  [0, undefined, undefined],
  [4, 'Orbis', 'Dodec'],
  [24, 'FleetCarrier', '#24'],
  [77, '#77', '#77'],
])('the type %i is %j in v12, %j in v13', (typeId, v12, v13) => {
  expect([typeOfId(typeId, 'v12'), typeOfId(typeId, 'v13')]).toEqual([v12, v13]);
});
