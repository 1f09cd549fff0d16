import type { TourPlan } from '../../app/http/questions.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { answer } from '../questions/answer.ts';
import { age, csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { PlanCommand, PlanFormat } from './arguments.ts';

type Tour = TourPlan['tours'][number];
type Stop = Tour['stops'][number] & { readonly commander: string; readonly at: number };

const COLUMNS: readonly Column<Stop>[] = [
  { name: 'stop', head: '', of: (each) => each.at + 1 },
  { name: 'systemName', head: 'system', of: (each) => plainText(each.systemName) },
  { name: 'name', head: 'station', of: (each) => plainText(each.name) },
  { name: 'maxPad', head: 'pad', of: (each) => each.maxPad },
  { name: 'lsFromStar', head: 'ls', of: (each) => each.lsFromStar },
  { name: 'marketAgeS', head: 'seen ago', of: (each) => each.marketAgeS, show: age },
  { name: 'distanceLy', head: 'ly', of: (each) => Number(each.distanceLy.toFixed(2)) },
  { name: 'jumps', head: 'jumps', of: (each) => each.jumps },
  { name: 'doneAfterS', head: 'done after', of: (each) => each.doneAfterS, show: minutes },
];

/** What CSV has besides. */
const MORE: readonly Column<Stop>[] = [
  { name: 'seconds', head: '', of: (each) => each.seconds },
  { name: 'guess', head: '', of: (each) => String(each.guess) },
  { name: 'marketId', head: '', of: (each) => each.marketId },
];

/** `tour plan COMMANDER...`: who looks at which stale markets. */
export function run({ query, format }: PlanCommand): Promise<number> {
  return answer(async (ask) => say(SHOWN[format](await ask<TourPlan>('/tours/plan', query))));
}

const SHOWN: Readonly<Record<PlanFormat, (plan: TourPlan) => string>> = {
  json: (plan) => `${JSON.stringify(plan)}\n`,
  csv: ({ tours }) =>
    csv(
      [{ name: 'commander', head: '', of: (each: Stop) => each.commander }, ...COLUMNS, ...MORE],
      tours.flatMap(stopsOf),
    ),
  systems: ({ tours }) => systemLines(tours),
  table: asTables,
};

function stopsOf({ commander, stops }: Tour): Stop[] {
  return stops.map((stop, at) => ({ ...stop, commander, at }));
}

/** A name a line, to be pasted into the map; each commander's under his own where there are several. */
export function systemLines(tours: readonly Pick<Tour, 'commander' | 'systems'>[]): string {
  const lists = tours.map(({ commander, systems }) => {
    const head = tours.length > 1 ? [`# ${plainText(commander)}`] : [];
    return [...head, ...systems.map(plainText)].map((line) => `${line}\n`).join('');
  });
  return lists.join('\n');
}

function asTables({ stale, seconds, olderThanS, tours }: TourPlan): string {
  const stops = tours.reduce((sum, tour) => sum + tour.stops.length, 0);
  const head =
    `${stops} of ${stale} markets that nobody has seen for ${age(olderThanS)}; all read after ${minutes(seconds)}, ` +
    'by the medians of one player (docs/tours.md).\n';
  return [head, ...tours.map(asTable)].join('\n');
}

function asTable(tour: Tour): string {
  const { commander, jumpRangeLy, seconds, distanceLy, jumps, stops, systems } = tour;
  const title = `${plainText(commander)}, ${jumpRangeLy} ly a jump: `;
  if (stops.length === 0) return `${title}nothing to do\n`;
  const guesses = stops.filter(({ guess }) => guess).length;
  const doubt = guesses === 0 ? '' : `, ${guesses} of the legs are guesses`;
  return (
    `${title}${stops.length} markets, ${minutes(seconds)}, ${Math.round(distanceLy)} ly, ${jumps} jumps${doubt}\n` +
    `${table(COLUMNS, stopsOf(tour))}${systems.map(plainText).join(', ')}\n`
  );
}

function minutes(seconds: string | number | null): string {
  return `${Math.round(Number(seconds) / 60)} min`;
}
