import { keptTour, type DescribedTour } from '../../app/commanders/tours.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { withStore } from '../one-shot.ts';
import { csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { PlanFormat } from './arguments.ts';
import { systemLines } from './plan.ts';

type Pilot = DescribedTour['commanders'][number];
type Stop = Pilot['stops'][number];

const LOOKS_ONLY = true;

const COLUMNS: readonly Column<Stop>[] = [
  { name: 'systemName', head: 'system', of: (stop) => plainText(stop.systemName) },
  { name: 'name', head: 'station', of: (stop) => plainText(stop.name) },
  { name: 'lsFromStar', head: 'ls', of: (stop) => stop.lsFromStar },
  { name: 'jumps', head: 'jumps', of: (stop) => stop.jumps },
  { name: 'seconds', head: 'min', of: ({ seconds }) => seconds, show: minutes },
];

/** `tour show ID [--json|--csv|--systems]`: what is done, and what each commander has before him. */
export function run({ id, format }: { readonly id: string; readonly format: PlanFormat }): Promise<number> {
  return withStore(async (store) => {
    const tour = await keptTour(store, id);
    if (format === 'json') return say(`${JSON.stringify(tour)}\n`);
    if (format !== 'table') return say(listsOf(tour, format));
    const { state, markets, open, madeAt, endedAt, failure } = tour;
    const end =
      endedAt === null ? '' : `, ended ${endedAt}${failure === null ? '' : `: ${plainText(failure)}`}`;
    const head = `tour ${id}: ${state}, ${open} of ${markets} markets open, made ${madeAt}${end}\n`;
    return say(`${head}${endedAt === null ? `\n${listsOf(tour, format)}` : ''}`);
  }, LOOKS_ONLY);
}

/** What each commander has before him: tables, CSV with a line a stop, or names of systems to be pasted. */
export function listsOf({ commanders }: DescribedTour, format: Exclude<PlanFormat, 'json'>): string {
  const flying = commanders.filter(({ leftAt }) => leftAt === null);
  if (format === 'systems') return systemLines(flying.map((each) => ({ ...each, commander: each.name })));
  if (format === 'table') return flying.map(listOf).join('\n');
  const stops = flying.flatMap(({ name, stops: own }) => own.map((stop) => ({ ...stop, commander: name })));
  return csv<(typeof stops)[number]>(
    [
      { name: 'commander', head: '', of: ({ commander }) => plainText(commander) },
      ...COLUMNS,
      { name: 'marketId', head: '', of: ({ marketId }) => marketId },
    ],
    stops,
  );
}

function listOf({ name, seconds, stops, systems, pace, error }: Pilot): string {
  if (stops.length === 0) return `${plainText(name)}: nothing left\n`;
  const times = pace === 1 ? '' : `, at ${pace} times the model`;
  const off =
    error === null
      ? ''
      : `; ${error.legs} legs so far, half of them more than ${percent(error.medianError)} off the plan`;
  const head = `${plainText(name)}: ${stops.length} markets, ${minutes(seconds)} min${times}${off}\n`;
  return `${head}${table(COLUMNS, stops)}${systems.map(plainText).join(', ')}\n`;
}

function minutes(seconds: string | number | null): string {
  return seconds === null ? '?' : String(Math.round(Number(seconds) / 60));
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
