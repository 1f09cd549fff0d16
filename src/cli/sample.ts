import { inflateSync } from 'node:zlib';
import type { Bootstrap } from '../app/bootstrap.ts';
import { indexCommodities } from '../domain/market/catalogue.ts';
import { AppError, EXIT } from '../domain/errors.ts';
import { RowStager } from '../domain/market/rows.ts';
import { rowCount, type Snapshot } from '../domain/market/snapshot.ts';
import { plainText } from '../domain/eddn/values.ts';
import { formatTimestamp } from '../domain/timestamp.ts';
import { commoditySource } from '../app/catalogue.ts';
import { createZmqFeed } from '../infra/feed/zmq-feed.ts';
import { MAX_MESSAGE_BYTES, stageBatch } from '../infra/feed/stage-batch.ts';
import { withSettings } from './one-shot.ts';
import { say } from './say.ts';

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
  const stager = await rowStager(base);
  const feed = createZmqFeed(base.config.eddnUrl);
  const refused = new Map<string, number>();
  let connected = false as boolean;
  let shown = 0;
  const timeout = setTimeout(() => feed.close(), timeoutS * 1000);
  await feed.read({
    onConnected: () => (connected = true),
    onBatch: (batch) => {
      for (const frame of batch.frames) {
        const { snapshots, rejected } = stageBatch({ ...batch, frames: [frame] }, stager, base.config.rules);
        for (const reason of Object.keys(rejected)) refused.set(reason, (refused.get(reason) ?? 0) + 1);
        const [snapshot] = snapshots;
        if (snapshot === undefined || shown === count) continue;
        say(`${lineOf(snapshot, frame)}\n`);
        shown += 1;
      }
      if (shown === count) feed.close();
      return Promise.resolve();
    },
  });
  clearTimeout(timeout);
  if (shown === count) return;
  const reasons = Array.from(refused, ([reason, times]) => `${times} ${reason}`).join(', ');
  throw new AppError(
    'sample',
    `${shown} of ${count} markets in ${timeoutS} s from ${feed.description}; refused: ${reasons || 'nothing'}`,
    { advice: connected ? 'give it more --timeout' : 'it was not reached: check eddn_url and the network' },
  );
}

async function rowStager(base: Bootstrap): Promise<RowStager> {
  const source = commoditySource(base);
  const cached = await source.readCached();
  const commodities = cached ?? (await source.refresh(new AbortController().signal)).commodities;
  return new RowStager(indexCommodities(commodities));
}

function lineOf(snapshot: Snapshot, frame: Uint8Array): string {
  const { systemName, stationName, observedAtS } = snapshot;
  const text = inflateSync(frame, { maxOutputLength: MAX_MESSAGE_BYTES }).toString();
  const { header } = JSON.parse(text) as { header: { softwareName: string; softwareVersion?: string } };
  const software = `${header.softwareName} ${header.softwareVersion ?? ''}`.trimEnd();
  const place = `${systemName} / ${stationName}`;
  return `${formatTimestamp(observedAtS)}  ${plainText(place)}  ${rowCount(snapshot)} rows  ${plainText(software)}`;
}
