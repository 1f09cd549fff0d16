import { expect, test } from 'vitest';
import { addCounts, NO_COUNTS } from '../../src/domain/ports/store/galaxy-store.ts';
import { serviceBits, STATION_SERVICES } from '../../src/domain/ports/store/queries.ts';

test('what two imports did adds up; deferred are those of the later one, the first refusal is told', () => {
  const first = {
    ...{
      systems: 1,
      stations: 2,
      markets: 3,
      marketRows: 4,
      vendors: 5,
      deferred: 6,
      refused: 7,
      invalid: 8,
    },
    refusal: null,
  };
  const then = { ...first, deferred: 1, refusal: 'too long' };
  const both = { systems: 2, stations: 4, markets: 6, marketRows: 8, vendors: 10, refused: 14, invalid: 16 };
  expect(addCounts(first, then)).toEqual({ ...both, deferred: 1, refusal: 'too long' });
  expect(addCounts({ ...first, refusal: 'first' }, then).refusal).toBe('first');
  expect(addCounts(first, NO_COUNTS)).toEqual({ ...first, deferred: 0 });
});

test('every service is a bit of its own', () => {
  expect([serviceBits([]), serviceBits(['market']), serviceBits(['repair', 'market', 'market'])]).toEqual([
    0, 1, 65,
  ]);
  expect(serviceBits(STATION_SERVICES)).toBe(2 ** STATION_SERVICES.length - 1);
});
