import { inflateSync } from 'node:zlib';
import { indexCommodities } from '../domain/market/catalogue.ts';
import { RowStager } from '../domain/market/rows.ts';
import type { Snapshot } from '../domain/market/snapshot.ts';
import { MAX_MESSAGE_BYTES, stageBatch } from '../infra/feed/stage-batch.ts';
import type { Bootstrap } from './bootstrap.ts';
import { commoditySource } from './ports/catalogue.ts';
import { relayFeed } from './ports/feed.ts';

interface Options {
  /** Markets wanted. */
  readonly count: number;
  readonly timeoutS: number;
  /** @param software who sent it, with its version */
  readonly onMarket: (snapshot: Snapshot, software: string) => void;
}

interface Sampled {
  /** Fewer than wanted: the time was over first. */
  readonly shown: number;
  readonly connected: boolean;
  /** Messages that the daemon would not take, by reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly relay: string;
}

/** Listens to the relay for the next markets that the daemon would accept. */
export async function sampleMarkets(base: Bootstrap, options: Options): Promise<Sampled> {
  const { count, timeoutS, onMarket } = options;
  const stager = await rowStager(base);
  const feed = relayFeed(base);
  const refused = new Map<string, number>();
  let connected = false;
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
        onMarket(snapshot, softwareOf(frame));
        shown += 1;
      }
      if (shown === count) feed.close();
      return Promise.resolve();
    },
  });
  clearTimeout(timeout);
  return { shown, connected, refused, relay: feed.description };
}

async function rowStager(base: Bootstrap): Promise<RowStager> {
  const source = commoditySource(base);
  const cached = await source.readCached();
  const commodities = cached ?? (await source.refresh(new AbortController().signal)).commodities;
  return new RowStager(indexCommodities(commodities));
}

function softwareOf(frame: Uint8Array): string {
  const text = inflateSync(frame, { maxOutputLength: MAX_MESSAGE_BYTES }).toString();
  const { header } = JSON.parse(text) as { header: { softwareName: string; softwareVersion?: string } };
  return `${header.softwareName} ${header.softwareVersion ?? ''}`.trimEnd();
}
