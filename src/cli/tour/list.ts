import { keptTours, type DescribedTour } from '../../app/commanders/tours.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { withStore } from '../one-shot.ts';
import type { Format } from '../questions/arguments.ts';
import { csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

const COLUMNS: readonly Column<DescribedTour>[] = [
  { name: 'id', head: 'tour', of: (tour) => tour.id },
  { name: 'state', head: 'state', of: (tour) => tour.state },
  { name: 'madeAt', head: 'made', of: (tour) => tour.madeAt },
  { name: 'markets', head: 'markets', of: (tour) => tour.markets },
  { name: 'open', head: 'open', of: (tour) => tour.open },
  {
    name: 'commanders',
    head: 'commanders',
    of: ({ commanders }) =>
      commanders
        .filter(({ leftAt }) => leftAt === null)
        .map(({ name }) => plainText(name))
        .join(', '),
  },
];

/** `tour list [--json|--csv]`: a line each, newest first. */
export function run({ format }: { readonly format: Format }): Promise<number> {
  return withStore(async (store) => {
    const tours = await keptTours(store);
    if (format === 'json') return say(`${JSON.stringify(tours)}\n`);
    if (format === 'csv') return say(csv(COLUMNS, tours));
    return say(tours.length === 0 ? 'no tours\n' : table(COLUMNS, tours));
  }, LOOKS_ONLY);
}
