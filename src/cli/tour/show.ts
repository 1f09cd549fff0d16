import { keptTour, type DescribedTour } from '../../app/tours.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { withStore } from '../one-shot.ts';
import { table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';

type Pilot = DescribedTour['commanders'][number];
type Stop = Pilot['stops'][number];

const LOOKS_ONLY = true;

const COLUMNS: readonly Column<Stop>[] = [
  { name: 'systemName', head: 'system', of: (stop) => plainText(stop.systemName) },
  { name: 'name', head: 'station', of: (stop) => plainText(stop.name) },
  { name: 'lsFromStar', head: 'ls', of: (stop) => stop.lsFromStar },
  { name: 'jumps', head: 'jumps', of: (stop) => stop.jumps },
  { name: 'seconds', head: 'min', of: ({ seconds }) => (seconds === null ? null : Math.round(seconds / 60)) },
];

/** `tour show ID [--json]`: what is done, and what each commander has before him. */
export function run({ id, json }: { readonly id: string; readonly json: boolean }): Promise<number> {
  return withStore(async (store) => {
    const tour = await keptTour(store, id);
    if (json) return say(`${JSON.stringify(tour)}\n`);
    const { state, markets, open, madeAt, endedAt, failure } = tour;
    const end =
      endedAt === null ? '' : `, ended ${endedAt}${failure === null ? '' : `: ${plainText(failure)}`}`;
    const head = `tour ${id}: ${state}, ${open} of ${markets} markets open, made ${madeAt}${end}\n`;
    const flying = tour.commanders.filter(({ leftAt }) => leftAt === null);
    return say([head, ...(endedAt === null ? flying.map(listOf) : [])].join('\n'));
  }, LOOKS_ONLY);
}

function listOf({ name, seconds, stops, systems }: Pilot): string {
  if (stops.length === 0) return `${plainText(name)}: nothing left\n`;
  const head = `${plainText(name)}: ${stops.length} markets, ${Math.round(seconds / 60)} min\n`;
  return `${head}${table(COLUMNS, stops)}${systems.map(plainText).join(', ')}\n`;
}
