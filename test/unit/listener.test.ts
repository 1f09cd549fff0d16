import { expect, test } from 'vitest';
import { createListener } from '../../src/actors/listener/child.ts';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import { ListenerReporter } from '../../src/actors/listener/reporter.ts';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { Now } from '../../src/domain/now.ts';
import type { FeedHandlers, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { childWorld, recordingLog } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

const batch: StagedBatch = { ...new BatchStager(null).finish(), received: 1 };

const RULES = { debug: true };
const CATALOGUE = { version: 1 };

function listenerOf({ finite = false, isClosed = false, staged = batch } = {}) {
  const done: string[] = [];
  const decoded: unknown[][] = [];
  const now = new Now({ now: () => 0 });
  let handlers: FeedHandlers | undefined;
  const released = Promise.withResolvers<undefined>();
  const world = childWorld(createListener, {
    feed: {
      ...{ description: 'relay', finite },
      read: (given: FeedHandlers) => {
        handlers = given;
        return new Promise(() => undefined);
      },
      close: () => undefined,
    },
    decoder: {
      decode: (...given: unknown[]) => {
        decoded.push(given);
        return Promise.resolve(staged);
      },
    },
    settings: () => ({ ...DEFAULT_SETTINGS, rules: RULES }),
    catalogue: {
      current: CATALOGUE,
      loaded: Promise.resolve(),
      refreshed: Promise.resolve(),
      released: released.promise,
    },
    ledger: {
      countLate: () => void done.push('late'),
      countStaged: () => {
        done.push('counted');
        return ['unobtainium'];
      },
    },
    learner: { add: () => void done.push('records') },
    pool: {
      closed: isClosed,
      receive: () => void done.push('snapshots'),
      parkUnresolved: () => void done.push('unresolved'),
    },
    now,
  });
  return {
    ...{ ...world, done, decoded, now, released },
    isReading: () => handlers !== undefined,
    receive: async () => {
      handlers!.onConnected();
      void handlers!.onBatch({ encoding: 'json', frames: [Uint8Array.of(1)], receivedAtMs: 0 });
      await settled();
    },
  };
}

test('what is staged is counted, then it is learned, waits to be written, or is parked', async () => {
  const { done, receive, start, texts } = listenerOf();
  await start();
  await receive();
  expect(done).toEqual(['counted', 'records', 'snapshots', 'unresolved']);
  expect(texts()).toEqual([
    'info feed relay: connected',
    'warn unknown commodity "unobtainium": its rows are left out',
  ]);
});

test('what comes when the pool has been closed is counted as late', async () => {
  const { done, receive, start } = listenerOf({ isClosed: true });
  await start();
  await receive();
  expect(done).toEqual(['late']);
});

test('a log that fails costs no message', async () => {
  const { done, receive, start, lines } = listenerOf();
  await start();
  await receive();
  done.length = 0;
  lines.push = () => {
    throw new Error('the log is broken');
  };
  await receive();
  expect(done).toEqual(['counted', 'records', 'snapshots', 'unresolved']);
});

test('a file is read when the newest catalogue is known and what was parked has been tried; a relay at once', async () => {
  const relay = listenerOf();
  await relay.start();
  expect(relay.isReading()).toBe(true);
  const file = listenerOf({ finite: true });
  await file.start();
  expect(file.isReading()).toBe(false);
  file.released.resolve(undefined);
  await settled();
  expect(file.isReading()).toBe(true);
});

test('a clock that is behind is trouble, and told once until it is right', async () => {
  const { child, receive, start, texts } = listenerOf({ staged: { ...batch, newestGatewayS: 3_600 } });
  await start();
  expect(child.troubles()).toEqual([]);
  await receive();
  expect(child.troubles()).toEqual(["the local clock is 60 min behind the one of EDDN's gateway"]);
  await receive();
  expect(texts().filter((text) => text.includes('clock'))).toEqual([
    "warn the local clock is 60 min behind the one of EDDN's gateway: set it (NTP); until then the gateway's counts",
  ]);
});

test('a message is staged by the rules and with the goods that are known then', async () => {
  const { decoded, receive, start } = listenerOf();
  await start();
  await receive();
  expect(decoded).toEqual([[expect.objectContaining({ encoding: 'json' }), CATALOGUE, RULES]]);
});

test.each([
  [false, 3_600_000],
  [true, 0],
])(
  'what time the gateway told proves something for later where it is live (finite: %s)',
  async (finite, ms) => {
    const { now, receive, released, start } = listenerOf({
      finite,
      staged: { ...batch, newestGatewayS: 3_600 },
    });
    released.resolve(undefined);
    await start();
    await settled();
    await receive();
    expect(now.provenMs).toBe(ms);
  },
);

test('silence is told with the feed, and that it is over', async () => {
  const { receive, start, texts, time } = listenerOf();
  await start();
  await receive();
  await time.advance(32_000);
  await receive();
  expect(texts().filter((text) => text.includes('again'))).toEqual([
    expect.stringMatching(/^warn feed relay: .*; trying again, for ever$/),
    expect.stringMatching(/^info feed relay: heard again after \d+ attempts$/),
  ]);
});

test('the operator hears once of each trouble, and when it is over', () => {
  const { log, lines } = recordingLog();
  const reporter = new ListenerReporter(log, 'relay');
  reporter.connected();
  reporter.connected();
  reporter.lost({ attempt: 1, lastError: 'silence' });
  reporter.lost({ attempt: 2, lastError: 'silence' });
  reporter.lost({ attempt: 3, lastError: null });
  reporter.heard({ attempt: 3, gaps: 1 });
  reporter.lost({ attempt: 1, lastError: 'silence' });
  const lost = { feed: 'relay', error: 'silence' };
  expect(lines.splice(0)).toEqual([
    ['info', 'feed relay: connected', { feed: 'relay' }],
    ['warn', 'feed relay: silence; trying again, for ever', { ...lost, attempt: 1 }],
    ['warn', 'feed relay: lost; trying again, for ever', { feed: 'relay', attempt: 3, error: null }],
    ['info', 'feed relay: heard again after 3 attempts', { feed: 'relay', attempts: 3, gaps: 1 }],
    ['warn', 'feed relay: silence; trying again, for ever', { ...lost, attempt: 1 }],
  ]);

  for (const trouble of ['late', 'later', null, null, 'late']) reporter.clock(trouble);
  const advice = "set it (NTP); until then the gateway's counts";
  expect(lines.splice(0)).toEqual([
    ['warn', `late: ${advice}`, {}],
    ['info', 'the local clock is right again', {}],
    ['warn', `late: ${advice}`, {}],
  ]);

  for (const trouble of ['all is refused', 'all', null, null, 'all']) reporter.understood(trouble);
  const why =
    '(a new version of the schema, another compression? see whether there is an update of this program)';
  expect(lines.splice(0)).toEqual([
    ['error', `feed relay: all is refused ${why}`, { feed: 'relay' }],
    ['info', 'feed relay: messages are understood again', {}],
    ['error', `feed relay: all ${why}`, { feed: 'relay' }],
  ]);

  reporter.decodeFailed('out of memory', 3);
  reporter.staged({ ...batch, samples: [{ reason: 'old', detail: 'by somebody' }] }, ['unobtainium']);
  expect(lines).toEqual([
    ['error', '3 messages could not be decoded: out of memory', { error: 'out of memory', messages: 3 }],
    ['warn', 'unknown commodity "unobtainium": its rows are left out', { commodity: 'unobtainium' }],
    ['debug', 'rejected: old', { reason: 'old', detail: 'by somebody' }],
  ]);
});
