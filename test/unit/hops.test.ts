import { expect, test } from 'vitest';
import { hopGoods } from '../../src/domain/galaxy/hops.ts';

test('what one market sells and another buys, the most profitable first, losses too', () => {
  const supply = (itemId: number, supplyPrice: number) => ({ itemId, supplyPrice, supplyUnits: itemId * 10 });
  const demand = (itemId: number, demandPrice: number) => ({
    itemId,
    demandPrice,
    demandUnits: itemId * 100,
  });
  const goods = hopGoods(
    [
      supply(7, 100),
      supply(6, 100),
      supply(5, 400),
      supply(4, 100),
      supply(3, 0),
      supply(2, 100),
      supply(1, 100),
    ],
    [
      demand(1, 0),
      demand(3, 500),
      demand(4, 90),
      demand(5, 600),
      demand(6, 150),
      demand(7, 150),
      demand(8, 900),
    ],
  );
  expect(goods.map(({ itemId, profit }) => [itemId, profit])).toEqual([
    [5, 200],
    [6, 50],
    [7, 50],
    [4, -10],
  ]);
  expect(goods[0]).toEqual({
    ...{ itemId: 5, buyPrice: 400, stockUnits: 50, sellPrice: 600, demandUnits: 500 },
    ...{ profit: 200, returnOnInvestment: 0.5 },
  });
});
