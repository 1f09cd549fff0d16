import { expect, test } from 'vitest';
import { namesMarket } from '../../src/domain/market/named-market.ts';

const market = { marketId: 128_016_640, systemName: 'Shinrarta Dezhra', stationName: 'Jameson Memorial' };

test.each([
  ['128016640', true],
  [' 128016640 ', true],
  ['128016641', false],
  ['jameson MEMORIAL', true],
  ['Jameson', false],
  ['shinrarta dezhra / jameson memorial', true],
  [' Shinrarta Dezhra/Jameson Memorial ', true],
  ['Sol/Jameson Memorial', false],
  ['Shinrarta Dezhra/Abraham Lincoln', false],
  ['Shinrarta Dezhra', false],
])('%j names it: %j', (text, named) => {
  expect(namesMarket(text)(market)).toBe(named);
});

test.each(['3 Arks', 'Ark 3', '3'])('%j is no number of a market but a name', (stationName) => {
  const named = namesMarket(stationName)({ ...market, marketId: 4, stationName });
  expect(named).toBe(stationName !== '3');
});
