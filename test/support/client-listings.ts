import type { Violation } from './client-violation.ts';

/** The client compares the first ten names; nothing else is there. */
const HEADER =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at';

/** What listings refer to; null: the file may be newer than the tables, so that clients skip what they do not know. */
export interface ListingKeys {
  readonly stations: ReadonlySet<string>;
  readonly items: ReadonlySet<string>;
}

/**
 * Checks `listings.csv` or `listings-live.csv` as the client reads it: bare integers, whole stations one after the
 * other, each with one time.
 */
export function checkListings(file: string, text: string, keys: ListingKeys | null): Violation[] {
  const violations: Violation[] = [];
  const [header, ...lines] = text.split('\n');
  if (header !== HEADER) return [{ file, line: 1, problem: `header is ${header}`, effect: 'file refused' }];
  if (lines.pop() !== '')
    violations.push({
      file,
      line: lines.length + 2,
      problem: 'no line feed at the end',
      effect: 'row skipped',
    });
  let last = { station: 0n, item: 0n, collectedAt: '' };
  for (const [index, row] of lines.entries()) {
    const skip = (problem: string) =>
      violations.push({ file, line: index + 2, problem: `${problem}: ${row}`, effect: 'row skipped' });
    const cells = row.split(',');
    if (cells.length !== 10) {
      skip(`${cells.length} columns instead of 10`);
      continue;
    }
    if (!cells.every((cell) => /^(?:0|-?[1-9]\d*)$/.test(cell))) {
      skip('not integers throughout');
      continue;
    }
    const [
      id,
      station,
      item,
      supply,
      supplyBracket,
      buyPrice,
      sellPrice,
      demand,
      demandBracket,
      collectedAt,
    ] = cells as [string, string, string, string, string, string, string, string, string, string];
    if (id !== String(index + 1)) skip(`not number ${index + 1}`);
    if (buyPrice === '0' && sellPrice === '0') skip('both prices are 0');
    const amounts = [supply, buyPrice, sellPrice, demand].map(Number);
    if (amounts.some((amount) => amount < 0 || amount >= 2 ** 31)) skip('an amount out of range');
    if (![supplyBracket, demandBracket].every((bracket) => ['-1', '0', '1', '2', '3'].includes(bracket)))
      skip('a bracket out of range');
    if (Number(collectedAt) < 0 || Number(collectedAt) > 253_402_300_799) skip('a time out of range');
    if (keys !== null && !keys.stations.has(station)) skip('station not in Station.csv');
    if (keys !== null && !keys.items.has(item)) skip('item not in Item.csv');
    const at = { station: BigInt(station), item: BigInt(item), collectedAt };
    const lose = (problem: string) =>
      violations.push({ file, line: index + 2, problem: `${problem}: ${row}`, effect: 'market damaged' });
    if (at.station < last.station) lose('stations are not ascending, so one may come twice');
    if (at.station === last.station) {
      if (at.item <= last.item) lose('items of a station are not ascending');
      if (at.collectedAt !== last.collectedAt) lose('a station has two times');
    }
    last = at;
  }
  return violations;
}
