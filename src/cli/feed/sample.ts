import type { Bootstrap } from '../../app/bootstrap.ts';
import { sampleMarkets } from '../../app/watch/sample.ts';
import { offsetOf, type Wanted } from '../../app/watch/wanted.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { AppError, EXIT } from '../../domain/errors.ts';
import type { Commodity } from '../../domain/market/catalogue.ts';
import { ROW, rowCount, type Snapshot } from '../../domain/market/snapshot.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

interface Options extends Wanted {
  /** Markets to show. */
  readonly count: number;
  readonly timeoutS: number;
}

/**
 * `sample`: shows the next markets of the relay that the daemon would accept, of all or of one market or good. Touches no
 * database.
 * @throws AppError `sample` when the time was over first
 */
export function run(options: Options): Promise<number> {
  return withSettings(async (base) => {
    await sample(base, options);
    return EXIT.ok;
  });
}

async function sample(base: Bootstrap, options: Options): Promise<void> {
  const { count, timeoutS } = options;
  const onMarket = (snapshot: Snapshot, software: string, good: Commodity | null) =>
    say(`${lineOf(snapshot, software, good)}\n`);
  const { shown, others, connected, refused, relay } = await sampleMarkets(base, { ...options, onMarket });
  if (shown === count) return;
  const reasons = Array.from(refused, ([reason, times]) => `${times} ${reason}`).join(', ');
  const besides = others === 0 ? '' : `; others: ${others}`;
  throw new AppError(
    'sample',
    `${shown} of ${count} markets in ${timeoutS} s from ${relay}${besides}; refused: ${reasons || 'nothing'}`,
    { advice: connected ? 'give it more --timeout' : 'it was not reached: check eddn_url and the network' },
  );
}

function lineOf(snapshot: Snapshot, software: string, good: Commodity | null): string {
  const { systemName, stationName, observedAtS } = snapshot;
  const place = `${systemName} / ${stationName}`;
  const what = good === null ? `${rowCount(snapshot)} rows` : offerOf(snapshot, good);
  return `${formatTimestamp(observedAtS)}  ${plainText(place)}  ${what}  ${plainText(software)}`;
}

function offerOf({ rows }: Snapshot, { id, name }: Commodity): string {
  const at = offsetOf(rows, id) ?? 0;
  const side = (word: string, price: number, units: number, what: string) =>
    price === 0
      ? []
      : [`${word} ${price.toLocaleString('en-US')} (${units.toLocaleString('en-US')} ${what})`];
  return [
    name,
    ...side('buy at', rows[at + ROW.supplyPrice] ?? 0, rows[at + ROW.supplyUnits] ?? 0, 'in stock'),
    ...side('sell at', rows[at + ROW.demandPrice] ?? 0, rows[at + ROW.demandUnits] ?? 0, 'wanted'),
  ].join(', ');
}
