import { amountOf } from '../../journal/event.ts';
import { addGood, goodSymbol } from '../book/goods.ts';

/** Adds what a line tells of a good (below 0 with `sign` -1); nothing where its name or its tonnes are none. */
export function addTold(
  goods: Record<string, number>,
  name: unknown,
  tonnes: unknown,
  sign: 1 | -1 = 1,
): void {
  const [symbol, amount] = [goodSymbol(name), amountOf(tonnes) ?? 0];
  if (symbol !== null && amount > 0) addGood(goods, symbol, sign * amount);
}
