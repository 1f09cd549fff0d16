import { inflateSync } from 'node:zlib';
import type { Commodity } from '../../domain/market/catalogue.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';
import { MAX_MESSAGE_BYTES } from '../../infra/feed/inflate.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { knownCommodities, listenToRelay } from './relay-markets.ts';
import { wantedGood, wants, type Wanted } from './wanted.ts';

interface Options extends Wanted {
  /** Markets wanted. */
  readonly count: number;
  readonly timeoutS: number;
  /**
   * @param software who sent it, with its version
   * @param good that is wanted; null: all
   */
  readonly onMarket: (snapshot: Snapshot, software: string, good: Commodity | null) => void;
}

interface Sampled {
  /** Fewer than wanted: the time was over first. */
  readonly shown: number;
  /** Markets that the daemon would accept and nobody asked for. */
  readonly others: number;
  readonly connected: boolean;
  /** Messages that the daemon would not take, by reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly relay: string;
}

/**
 * Listens to the relay for the next markets that the daemon would accept.
 * @throws AppError `usage`: there is no such good
 */
export async function sampleMarkets(base: Bootstrap, options: Options): Promise<Sampled> {
  const { count, timeoutS, onMarket } = options;
  const commodities = await knownCommodities(base);
  const good = wantedGood(options, commodities);
  const isWanted = wants(options, good);
  const refused = new Map<string, number>();
  const end = new AbortController();
  let connected = false;
  let shown = 0;
  let others = 0;
  const timeout = setTimeout(() => end.abort(), timeoutS * 1000);
  const handlers = {
    onConnected: () => (connected = true),
    onRefused: (reason: string) => void refused.set(reason, (refused.get(reason) ?? 0) + 1),
    onMarket: (snapshot: Snapshot, frame: Uint8Array) => {
      if (!isWanted(snapshot)) {
        others += 1;
        return;
      }
      onMarket(snapshot, softwareOf(frame), good);
      shown += 1;
      if (shown === count) end.abort();
    },
  };
  await listenToRelay(base, commodities, handlers, end.signal);
  clearTimeout(timeout);
  return { shown, others, connected, refused, relay: base.config.eddnUrl };
}

function softwareOf(frame: Uint8Array): string {
  const text = inflateSync(frame, { maxOutputLength: MAX_MESSAGE_BYTES }).toString();
  const { header } = JSON.parse(text) as { header: { softwareName: string; softwareVersion?: string } };
  return `${header.softwareName} ${header.softwareVersion ?? ''}`.trimEnd();
}
