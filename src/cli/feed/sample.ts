import type { Bootstrap } from '../../app/bootstrap.ts';
import { sampleMarkets } from '../../app/sample.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { AppError, EXIT } from '../../domain/errors.ts';
import { rowCount, type Snapshot } from '../../domain/market/snapshot.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

interface Options {
  /** Markets to show. */
  readonly count: number;
  readonly timeoutS: number;
}

/**
 * `sample`: shows the next markets of the relay that the daemon would accept. Touches no database.
 * @throws AppError `sample` when the time was over first
 */
export function run(options: Options): Promise<number> {
  return withSettings(async (base) => {
    await sample(base, options);
    return EXIT.ok;
  });
}

async function sample(base: Bootstrap, { count, timeoutS }: Options): Promise<void> {
  const onMarket = (snapshot: Snapshot, software: string) => say(`${lineOf(snapshot, software)}\n`);
  const { shown, connected, refused, relay } = await sampleMarkets(base, { count, timeoutS, onMarket });
  if (shown === count) return;
  const reasons = Array.from(refused, ([reason, times]) => `${times} ${reason}`).join(', ');
  throw new AppError(
    'sample',
    `${shown} of ${count} markets in ${timeoutS} s from ${relay}; refused: ${reasons || 'nothing'}`,
    { advice: connected ? 'give it more --timeout' : 'it was not reached: check eddn_url and the network' },
  );
}

function lineOf(snapshot: Snapshot, software: string): string {
  const { systemName, stationName, observedAtS } = snapshot;
  const place = `${systemName} / ${stationName}`;
  return `${formatTimestamp(observedAtS)}  ${plainText(place)}  ${rowCount(snapshot)} rows  ${plainText(software)}`;
}
