import type { Feed } from '../../domain/ports/market/feed.ts';
import type { RawRelay } from '../../infra/feed/raw-relay.ts';
import { createZmqFeed } from '../../infra/feed/zmq-feed.ts';
import type { Bootstrap } from '../bootstrap.ts';

export { createFileFeed, type FileFeed } from '../../infra/feed/file-feed.ts';

/** The relay the configuration names. @param rawRelay gets what it sends, too */
export function relayFeed(
  { config }: Pick<Bootstrap, 'config'>,
  rawRelay: Pick<RawRelay, 'pass'> | null = null,
): Feed {
  return createZmqFeed(config.eddnUrl, rawRelay?.pass);
}

/**
 * Where what is received is passed on to others; null: nowhere, and nothing of it is loaded.
 * @throws AppError `config.relayBind`
 */
export async function openRelay({
  config,
  log,
}: Pick<Bootstrap, 'config' | 'log'>): Promise<RawRelay | null> {
  if (config.relayBind === null) return null;
  const { openRawRelay } = await import('../../infra/feed/raw-relay.ts');
  const relay = await openRawRelay(config.relayBind);
  log.info({ url: relay.url }, `relay: what is received is passed on at ${relay.url}`);
  return relay;
}
