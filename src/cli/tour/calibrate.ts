import { readFile } from 'node:fs/promises';
import { AppError, describeError } from '../../domain/errors.ts';
import { calibrated, fitOf, type Fit } from '../../domain/tours/pace/calibrate.ts';
import { flownTimes, type FlownLeg } from '../../domain/tours/pace/journal-legs.ts';
import { withSettings } from '../one-shot.ts';
import { table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';

interface Row {
  readonly about: string;
  readonly before: Fit;
  readonly after: Fit;
}

const LOOKS_ONLY = true;
const percent = (value: number) => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)} %`;

const COLUMNS: readonly Column<Row>[] = [
  { name: 'about', head: 'legs', of: ({ about }) => about },
  { name: 'legs', head: 'flown', of: ({ before }) => before.legs },
  { name: 'error', head: 'median error', of: ({ before }) => percent(before.medianError).replace('+', '') },
  { name: 'total', head: 'in all', of: ({ before }) => percent(before.total) },
  {
    name: 'ownError',
    head: 'with his own times',
    of: ({ after }) => percent(after.medianError).replace('+', ''),
  },
  { name: 'ownTotal', head: 'in all', of: ({ after }) => percent(after.total) },
];

/** `tour calibrate JOURNAL...`: how well the time model fits what a commander has flown, and what fits better. */
export function run({ files }: { readonly files: readonly string[] }): Promise<number> {
  return withSettings(async ({ config: { tourTimes: times } }) => {
    const flown = flownTimes(await readEvents(files.toSorted()));
    const own = calibrated(flown, times);
    const row = (about: string, legs: readonly FlownLeg[]): Row[] => {
      const [before, after] = [fitOf(legs, times), fitOf(legs, own)];
      return before === null || after === null ? [] : [{ about, before, after }];
    };
    const rows = [
      ...row(
        'within a system',
        flown.legs.filter(({ jumps }) => jumps === 0),
      ),
      ...row(
        'to another system',
        flown.legs.filter(({ jumps }) => jumps > 0),
      ),
      ...row('all', flown.legs),
    ];
    if (rows.length === 0) throw new AppError('usage', 'these journals tell of no flight from dock to dock');
    const { marketS, sameSystemS, arrivalSpaceS, arrivalPlanetaryS } = own;
    const keys = { marketS, sameSystemS, arrivalSpaceS, arrivalPlanetaryS };
    return say(`${table(COLUMNS, rows)}\n"tour_times": ${JSON.stringify(keys)}\n`);
  }, LOOKS_ONLY);
}

/** Lines that are no JSON are passed over: the last one may be half written. */
async function readEvents(files: readonly string[]): Promise<unknown[]> {
  const events: unknown[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new AppError('usage', `journal ${file} cannot be read: ${describeError(error)}`);
    });
    for (const line of text.split('\n')) {
      try {
        events.push(JSON.parse(line));
      } catch {
        continue;
      }
    }
  }
  return events;
}
