import type { ShoppingAnswer } from '../../app/http/questions.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { age, csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { ColonisationCommand } from './arguments.ts';
import { askColonisation } from './ask.ts';

type Need = ShoppingAnswer['entries'][number];

const COLUMNS: readonly Column<Need>[] = [
  { name: 'symbol', head: 'good', of: (need) => need.symbol },
  { name: 'required', head: 'required', of: (need) => need.required },
  { name: 'provided', head: 'provided', of: (need) => need.provided },
  { name: 'remaining', head: 'remaining', of: (need) => need.remaining },
  { name: 'onCarriers', head: 'on carriers', of: (need) => need.onCarriers },
  { name: 'aboard', head: 'aboard', of: (need) => need.aboard },
  { name: 'toBuy', head: 'to buy', of: (need) => need.toBuy },
];

const LOADS: Column<Need> = { name: 'loads', head: 'flights', of: (need) => need.loads?.toBuy ?? null };

/** Of one of the sellers, with its choice in front of the names in CSV. */
function sellerColumns(which: 'nearest' | 'cheapest' | 'freshest'): Column<Need>[] {
  const seller = ({ supply }: Need) => supply?.[which] ?? null;
  const text = (value: string | undefined) => (value === undefined ? null : plainText(value));
  return [
    { name: `${which}Name`, head: which, of: (need) => text(seller(need)?.name) },
    { name: `${which}System`, head: 'system', of: (need) => text(seller(need)?.systemName) },
    { name: `${which}Ly`, head: 'ly', of: (need) => seller(need)?.distanceLy ?? null, show: oneDigit },
    { name: `${which}Price`, head: 'price', of: (need) => seller(need)?.buyPrice ?? null },
    { name: `${which}Stock`, head: 'stock', of: (need) => seller(need)?.stock ?? null },
    { name: `${which}AgeS`, head: 'age', of: (need) => seller(need)?.marketAgeS ?? null, show: ageOrUnknown },
  ];
}

const oneDigit = (value: string | number | null) => (typeof value === 'number' ? value.toFixed(1) : '?');
const ageOrUnknown = (value: string | number | null) => (value === null ? '?' : age(value));

/** `colonisation shop [SITE...] [--system SYSTEM] [--near PLACE] [--capacity T]` */
export function run({
  query,
  format,
}: Extract<ColonisationCommand, { verb: 'colonisation-shop' }>): Promise<number> {
  return askColonisation(async (ask) => {
    const found = await ask<ShoppingAnswer>('/colonisation/shopping-list', query);
    if (format === 'json') return say(`${JSON.stringify(found)}\n`);
    const columns = [...COLUMNS, ...('capacity' in query ? [LOADS] : [])];
    if (format === 'csv') {
      const sellers = (['nearest', 'cheapest', 'freshest'] as const).flatMap(sellerColumns);
      return say(csv([...columns, ...sellers], found.entries));
    }
    if (found.entries.length === 0) return say('nothing is needed: journals tell of no open build here\n');
    const needed = found.entries.filter(({ remaining }) => remaining > 0);
    return say([table(columns, needed), '\n', sellersOf(needed), summaryOf(found)].join(''));
  });
}

/** What is still to be bought, and where. */
function sellersOf(needs: readonly Need[]): string {
  const toBuy = needs.filter((need) => need.toBuy > 0 && need.supply !== null);
  if (toBuy.length === 0) return '';
  const [good, ...rest] = COLUMNS.filter(({ name }) => name === 'symbol' || name === 'toBuy');
  const columns = [good, ...rest].flatMap((column) => (column === undefined ? [] : [column]));
  return (['nearest', 'cheapest'] as const)
    .map((which) => `${table([...columns, ...sellerColumns(which)], toBuy)}\n`)
    .join('');
}

function summaryOf({ summary, entries, near }: ShoppingAnswer): string {
  const tonnes = (value: number) => `${value.toLocaleString('en-US')} t`;
  const { remaining, onCarriers, aboard, toBuy, loads, payment, sites, unknownSites, unknownCarriers } =
    summary;
  const flights = loads === null ? '' : `, ${loads.toBuy} flights`;
  const short = entries.flatMap(({ symbol, supply }) =>
    supply !== null && supply.shortfall > 0 ? [symbol] : [],
  );
  return [
    `${sites} builds: ${tonnes(remaining)} remain, ${tonnes(toBuy)} to buy${flights}; all pay ${payment.toLocaleString('en-US')} cr\n`,
    onCarriers + aboard > 0 ? `${tonnes(onCarriers)} on carriers, ${tonnes(aboard)} aboard\n` : '',
    near === null
      ? 'the database does not know the systems of these builds: --near SYSTEM shows who sells there\n'
      : '',
    short.length === 0 ? '' : `not enough is sold within reach of: ${short.join(', ')}\n`,
    unknownSites.length === 0 ? '' : `what ${unknownSites.join(', ')} need is unknown\n`,
    unknownCarriers.length === 0
      ? ''
      : `what carriers ${unknownCarriers.join(', ')} hold is unknown, and counts as nothing\n`,
  ].join('');
}
