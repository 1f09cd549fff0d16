import { plainText } from '../../domain/eddn/values.ts';
import type { BoardRow, Prices } from './board.ts';

/** Of a market that changes as a whole so many goods are named. */
const NAMED = 3;

export const number = (value: number | null) => (value === null ? '-' : value.toLocaleString('en-US'));

/** `45,012 (44,900)`: what it is, and what it was where that is another. */
export function price(now: number | null, before: number | null | undefined): string {
  return before === undefined || before === now ? number(now) : `${number(now)} (${number(before)})`;
}

/** `before` of one price: a good that was not traded had none. */
export function was({ before }: BoardRow, of: 'buyPrice' | 'sellPrice'): number | null | undefined {
  return before === null ? null : before?.[of];
}

export function placeOf({ systemName, stationName }: Pick<BoardRow, 'systemName' | 'stationName'>): string {
  return plainText(`${systemName} / ${stationName}`);
}

/** A line a good, for whoever reads no screen. @param time ISO 8601 */
export function goodLine(row: BoardRow, time: string): string {
  return `${time}  ${placeOf(row)}  ${plainText(row.good.name)}: ${offer(row)}`;
}

/** A line a market, with some of what has changed. */
export function marketLine(changed: readonly BoardRow[], time: string): string {
  const [first] = changed;
  if (first === undefined) return '';
  return `${time}  ${placeOf(first)}  ${summary(changed)}`;
}

/** `12 goods: Gold buy at 900 (800); ...` */
export function summary(changed: readonly BoardRow[]): string {
  if (changed.length === 0) return 'nothing is traded';
  const named = changed.slice(0, NAMED).map((row) => `${plainText(row.good.name)}: ${offer(row)}`);
  const more = changed.length > NAMED ? `; and ${changed.length - NAMED} more` : '';
  return `${changed.length} ${changed.length === 1 ? 'good' : 'goods'}; ${named.join('; ')}${more}`;
}

function offer(row: BoardRow): string {
  const { now } = row;
  if (!isTraded(now)) return 'not traded any more';
  const [buys, sells] = [was(row, 'buyPrice'), was(row, 'sellPrice')];
  return [
    ...(now.buyPrice === null && !(buys ?? 0)
      ? []
      : [`buy at ${price(now.buyPrice, buys)}, ${number(now.stock)} in stock`]),
    ...(now.sellPrice === null && !(sells ?? 0)
      ? []
      : [`sell at ${price(now.sellPrice, sells)}, ${number(now.demand)} wanted`]),
  ].join(', ');
}

function isTraded({ buyPrice, sellPrice }: Prices): boolean {
  return buyPrice !== null || sellPrice !== null;
}
