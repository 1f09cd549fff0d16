import type { Feed } from '../../domain/ports/feed.ts';
import { createZmqFeed } from '../../infra/feed/zmq-feed.ts';
import type { Bootstrap } from '../bootstrap.ts';

export { createFileFeed, type FileFeed } from '../../infra/feed/file-feed.ts';

/** The relay the configuration names. */
export function relayFeed({ config }: Pick<Bootstrap, 'config'>): Feed {
  return createZmqFeed(config.eddnUrl);
}
