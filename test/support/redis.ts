import { afterAll, beforeAll, describe } from 'vitest';
import { findRedis, RedisServer } from './redis-server.ts';

const redis = await findRedis();

/** `describe` for tests that need a real broker: skipped where there is none. */
export const describeRedis = describe.skipIf(redis === undefined);

/** A broker for the surrounding `describeRedis`: created before its tests, destroyed after them. */
export function useRedis(args: readonly string[] = []): RedisServer {
  const server = new RedisServer(redis!, args);
  beforeAll(() => server.create());
  afterAll(() => server.destroy());
  return server;
}
