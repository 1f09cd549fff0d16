import type { SupplyPlanAnswer } from '../../app/http/questions.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { age, csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { ColonisationCommand } from './arguments.ts';
import { askColonisation } from './ask.ts';

type Load = SupplyPlanAnswer['loads'][number];
type Stop = Load['stops'][number];

/** A good that is bought at a stop of a flight. */
interface Purchase {
  readonly load: Load;
  /** Of the flight, from 1. */
  readonly flight: number;
  readonly stop: Stop;
  readonly good: Stop['goods'][number];
}

const COLUMNS: readonly Column<Purchase>[] = [
  { name: 'flight', head: 'flight', of: ({ flight }) => flight },
  { name: 'times', head: 'times', of: ({ load }) => load.times },
  { name: 'systemName', head: 'system', of: ({ stop }) => plainText(stop.systemName) },
  { name: 'name', head: 'station', of: ({ stop }) => plainText(stop.name) },
  { name: 'maxPad', head: 'pad', of: ({ stop }) => stop.maxPad },
  { name: 'lsFromStar', head: 'ls', of: ({ stop }) => stop.lsFromStar },
  { name: 'distanceLy', head: 'ly', of: ({ stop }) => Number(stop.distanceLy.toFixed(1)) },
  { name: 'symbol', head: 'good', of: ({ good }) => good.symbol },
  { name: 'tonnes', head: 'tonnes', of: ({ good }) => good.tonnes },
  { name: 'buyPrice', head: 'price', of: ({ good }) => good.buyPrice },
  { name: 'marginPerTonne', head: 'margin', of: ({ good }) => good.marginPerTonne },
  { name: 'marketAgeS', head: 'seen ago', of: ({ stop }) => stop.marketAgeS, show: age },
];

/** What CSV has besides. */
const MORE: readonly Column<Purchase>[] = [
  { name: 'marketId', head: '', of: ({ stop }) => stop.marketId },
  {
    name: 'plausible',
    head: '',
    of: ({ stop }) => (stop.plausible === null ? null : String(stop.plausible)),
  },
  { name: 'seconds', head: '', of: ({ stop }) => stop.seconds },
  { name: 'flightTonnes', head: '', of: ({ load }) => load.tonnes },
  { name: 'flightSeconds', head: '', of: ({ load }) => load.seconds },
];

/** `colonisation plan [SITE...] [--to PLACE] [--capacity T]` */
export function run({
  query,
  format,
}: Extract<ColonisationCommand, { verb: 'colonisation-plan' }>): Promise<number> {
  return askColonisation(async (ask) => {
    const plan = await ask<SupplyPlanAnswer>('/colonisation/plan', query);
    if (format === 'json') return say(`${JSON.stringify(plan)}\n`);
    const bought = plan.loads.flatMap((load, at) =>
      load.stops.flatMap((stop) => stop.goods.map((good) => ({ load, flight: at + 1, stop, good }))),
    );
    if (format === 'csv') return say(csv([...COLUMNS, ...MORE], bought));
    if (plan.totals.toBuy === 0)
      return say('nothing is to be bought: all that is needed is there, or on the way\n');
    return say([bought.length === 0 ? '' : `${table(COLUMNS, bought)}\n`, ...summaryOf(plan)].join(''));
  });
}

const number = (value: number) => value.toLocaleString('en-US');
const many = (count: number, what: string) => `${number(count)} ${what}${count === 1 ? '' : 's'}`;

function* summaryOf({
  totals,
  to,
  shortfall,
  scout,
  assumptions,
  summary,
}: SupplyPlanAnswer): Generator<string> {
  const { planned, toBuy, loads, markets, seconds, tonnesPerMinute, cost, marginPerTonne } = totals;
  const where = plainText(to?.name ?? to?.systemName ?? '');
  yield (
    `${number(planned)} of ${number(toBuy)} t to ${where}: ${many(loads, 'flight')} to ${many(markets, 'market')}, ` +
    `${hours(seconds)}, ${tonnesPerMinute ?? 0} t a minute\n`
  );
  yield (
    `for ${number(cost)} cr${marginPerTonne === null ? '' : `, a margin of ${number(marginPerTonne)} cr a tonne`}; ` +
    `${number(assumptions.capacity)} t a flight, ${assumptions.jumpRangeLy} ly a jump\n`
  );
  for (const { symbol, missing, why } of shortfall)
    yield `missing: ${number(missing)} t of ${symbol}: ${why}\n`;
  if (summary.unknownSites.length > 0) yield `what ${summary.unknownSites.join(', ')} need is unknown\n`;
  if (scout === null) return;
  yield `${many(scout.suppliers.length, 'supplier')} not seen for ${age(scout.olderThanS)}; to look at them:\n`;
  yield `  ${plainText(scout.command)}\n`;
}

function hours(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
