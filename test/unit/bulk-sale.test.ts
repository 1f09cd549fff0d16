import fc from 'fast-check';
import { expect, test } from 'vitest';
import { saleOf } from '../../src/domain/galaxy/bulk-sale.ts';

const offer = { buyPrice: 1_000, stockUnits: 5_000, sellPrice: 2_000, demandUnits: 1_000 };

test.each([
  [100, 1, 100 * 2_000],
  [250, 1, 250 * 2_000],
  [625, 0.9, 625 * 1_800],
  [1_000, 0.8, 1_000 * 1_600],
  [4_000, 0.8, 1_000 * 1_600],
])('%i t sell at %d of the price', (tonnes, pricePart, earned) => {
  const sale = saleOf(offer, tonnes, 'guessed');
  expect(sale.pricePart).toBeCloseTo(pricePart, 9);
  expect(sale).toMatchObject({ earned, paid: sale.tonnes * 1_000, profit: earned - sale.paid });
  expect(saleOf(offer, tonnes, 'flat')).toMatchObject({
    pricePart: 1,
    earned: sale.tonnes * 2_000,
    paid: sale.paid,
  });
});

test('nothing is sold that is not there or not wanted, and a guess never promises more than the price', () => {
  const units = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(units, units, units, units, units, (buyPrice, stockUnits, sellPrice, demandUnits, hold) => {
      const asked = { buyPrice, stockUnits, sellPrice, demandUnits };
      const [flat, guessed] = [saleOf(asked, hold, 'flat'), saleOf(asked, hold, 'guessed')];
      expect(guessed.tonnes).toBe(Math.min(stockUnits, demandUnits, hold));
      expect(guessed.paid).toBe(flat.paid);
      expect(guessed.earned).toBeLessThanOrEqual(flat.earned);
      expect(guessed.pricePart).toBeGreaterThanOrEqual(0.8);
    }),
  );
});
