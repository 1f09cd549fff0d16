import type { Ask, FoundStation, Market } from '../../app/http/questions.ts';
import { AppError } from '../../domain/errors.ts';
import { say } from '../say.ts';
import { answer } from './answer.ts';
import type { QuestionCommand } from './arguments.ts';
import { age, csv, orDash, table, type Column } from './table.ts';

type Row = Market['rows'][number];

const COLUMNS: readonly Column<Row>[] = [
  { name: 'category', head: 'category', of: (row) => row.category },
  { name: 'name', head: 'good', of: (row) => row.name },
  { name: 'buyPrice', head: 'buy at', of: (row) => row.buyPrice, show: orDash },
  { name: 'stock', head: 'stock', of: (row) => row.stock, show: orDash },
  { name: 'sellPrice', head: 'sell at', of: (row) => row.sellPrice, show: orDash },
  { name: 'demand', head: 'demand', of: (row) => row.demand, show: orDash },
];

/** What every row of a market has in common. */
function whose({ marketId: id, marketAgeS, marketObservedAt, plausible }: Market): Column<Row>[] {
  return [
    { name: 'marketAgeS', head: '', of: () => marketAgeS },
    { name: 'marketObservedAt', head: '', of: () => marketObservedAt },
    { name: 'marketId', head: '', of: () => id },
    { name: 'plausible', head: '', of: () => (plausible === null ? null : String(plausible)) },
  ];
}

/** Stations of one name, and those whose names begin so, are looked for among so many. */
const NAMES = '1000';
/** So many are told. */
const TOLD = 20;

/** `market ID|NAME`: everything that one market trades. */
export function run({ market, format }: Extract<QuestionCommand, { verb: 'market' }>): Promise<number> {
  return answer(async (ask) => {
    const found = await ask<Market>(`/markets/${await marketId(ask, market.trim())}`);
    const rows = found.rows.toSorted((a, b) => compare(a.category, b.category) || compare(a.name, b.name));
    if (format === 'json') return say(`${JSON.stringify(found)}\n`);
    if (format === 'csv') return say(csv([...COLUMNS, ...whose(found)], rows));
    const { name, systemName, marketAgeS, lsFromStar, maxPad, type, plausible, priceRatio } = found;
    const seen = marketAgeS === null ? age(null) : `seen ${age(marketAgeS)} ago`;
    const facts = [type ?? 'type unknown', `pad ${maxPad ?? '?'}`, `${lsFromStar ?? '?'} ls`, seen];
    if (plausible === false) {
      facts.push(`its prices are ${(priceRatio ?? 0).toFixed(1)} times what is usual: probably false`);
    }
    const head = `${name}, ${systemName} (market ${found.marketId}): ${facts.join(', ')}\n`;
    return say(
      rows.length === 0 ? `${head}trades nothing that is known\n` : `${head}${table(COLUMNS, rows)}`,
    );
  });
}

/**
 * The id of a market by what somebody calls it: its id, a station's name, or `SYSTEM/STATION`.
 * @throws AppError `usage` when there is none of that name, or several
 */
export async function marketId(ask: Ask, text: string): Promise<string> {
  if (/^\d+$/.test(text)) return text;
  const [station = '', system] = text
    .split('/')
    .reverse()
    .map((part) => part.trim());
  if (station === '')
    throw new AppError('usage', 'no station is named: give a market id, STATION or SYSTEM/STATION');
  const { entries } = await ask<{ readonly entries: readonly FoundStation[] }>('/stations/named', {
    prefix: station,
    limit: NAMES,
  });
  const there = entries.filter(({ systemName }) => system === undefined || isSame(systemName, system));
  const named = there.filter(({ name }) => isSame(name, station));
  if (named.length === 1) return String(named[0]?.marketId);
  const where = system === undefined ? '' : ` in ${system}`;
  if (named.length > 1) {
    throw new AppError(
      'usage',
      `${named.length} stations are named ${station}${where}: give the id of one${list(named)}`,
    );
  }
  const others = there.length === 0 ? '' : `; these begin so:${list(there)}`;
  throw new AppError('usage', `no station is named ${station}${where}${others}`);
}

function list(stations: readonly FoundStation[]): string {
  const lines = stations
    .slice(0, TOLD)
    .map((each) => `\n  ${String(each.marketId).padEnd(11)}  ${each.name}, ${each.systemName}`);
  return `${lines.join('')}${stations.length > TOLD ? `\n  and ${stations.length - TOLD} more` : ''}`;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
