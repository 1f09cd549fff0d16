import { indexCommodities, type Commodity } from '../../domain/market/catalogue.ts';
import { RowStager } from '../../domain/market/rows.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import { stageBatch } from '../../infra/feed/stage-batch.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { commoditySource } from '../ports/catalogue.ts';
import { relayFeed } from '../ports/feed.ts';

export interface RelayHandlers {
  readonly onConnected: () => void;
  /** Something has come, whatever it is. */
  readonly onHeard?: () => void;
  /** One that the daemon would accept, and the message it is from. */
  readonly onMarket: (snapshot: Snapshot, frame: Uint8Array) => Promise<void> | void;
  /** One that the daemon would not take. */
  readonly onRefused?: (reason: string) => void;
}

/** Goods by which messages are read: those of the data directory, else EDCD's. */
export async function knownCommodities(base: Bootstrap): Promise<readonly Commodity[]> {
  const source = commoditySource(base);
  return (await source.readCached()) ?? (await source.refresh(new AbortController().signal)).commodities;
}

/** Listens to the relay that the configuration names, until the signal; touches no database. */
export async function listenToRelay(
  base: Bootstrap,
  commodities: readonly Commodity[],
  { onConnected, onHeard, onMarket, onRefused }: RelayHandlers,
  signal: AbortSignal,
): Promise<void> {
  const stager = new RowStager(indexCommodities(commodities));
  const feed = relayFeed(base);
  signal.addEventListener('abort', () => feed.close());
  if (signal.aborted) return;
  await feed.read({
    onConnected,
    onBatch: async (batch) => {
      onHeard?.();
      for (const frame of batch.frames) {
        const { snapshots, rejected } = stageBatch({ ...batch, frames: [frame] }, stager, base.config.rules);
        for (const reason of Object.keys(rejected)) onRefused?.(reason);
        const [snapshot] = snapshots;
        if (snapshot !== undefined && !signal.aborted) await onMarket(snapshot, frame);
      }
    },
  });
}
