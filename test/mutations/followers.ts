import type { Mutation } from './mutation.ts';

const RAW_RELAY = 'test/integration/raw-relay.test.ts';

/** Of those who follow what the daemon receives and writes. */
export const FOLLOWER_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a consumer behind the raw relay that takes nothing costs a bounded memory',
    fault: 'everything is kept for it',
    file: 'src/infra/feed/raw-relay.ts',
    from: 'sendHighWaterMark: 1_000,',
    to: 'sendHighWaterMark: 0,',
    tests: [RAW_RELAY],
  },
  {
    guarantee: 'what is passed on is what was received, all parts of it',
    fault: 'the first part is passed on',
    file: 'src/infra/feed/zmq-feed.ts',
    from: 'onReceived?.(parts);',
    to: 'onReceived?.([firstPart(parts)]);',
    tests: [RAW_RELAY],
  },
];
