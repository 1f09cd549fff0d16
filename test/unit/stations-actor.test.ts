import { createActor, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { FeedRegulator } from '../../src/actors/station-coalescer/feed-regulator.ts';
import { Ledger, withoutFate } from '../../src/actors/station-coalescer/ledger.ts';
import { StationsReporter } from '../../src/actors/station-coalescer/reporter.ts';
import { stationsLogic } from '../../src/actors/station-coalescer/stations.ts';
import { answerFor } from '../../src/actors/station-coalescer/steps.ts';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { recordingLog } from '../support/child-world.ts';
import { settled, VirtualTime } from '../support/virtual-time.ts';

describe('the pool at work', () => {
  function stationsOf() {
    const time = new VirtualTime(0);
    const done: string[] = [];
    const told: unknown[] = [];
    const state = { live: 0, tick: (): Promise<unknown> => Promise.resolve() };
    const logic = stationsLogic({
      pool: {
        get liveCount() {
          return state.live;
        },
        tick: () => {
          done.push('tick');
          return state.tick();
        },
        flush: () => void done.push('flush'),
        endGathering: () => void done.push('end'),
      } as never,
      learner: { retry: () => void done.push('retry') } as never,
      time,
      reportSpool: (error) => void done.push(`spool: ${error}`),
      reportRate: () => void done.push('rate'),
      rateEveryMs: 60_000,
    });
    const actor = createActor(
      setup({ actors: { stations: logic } }).createMachine({
        invoke: { src: 'stations', id: 'stations' },
        on: { '*': { actions: ({ event }) => void told.push(event) } },
      }),
    ).start();
    const tell = (type: string) => actor.getSnapshot().children.stations!.send({ type } as never);
    return { actor, done, state, tell, time, told };
  }

  test('beats four times a second: what another writer held is tried again, what waits too long is spooled', async () => {
    const { done, time } = stationsOf();
    await time.advance(249);
    expect(done).toEqual([]);
    await time.advance(1);
    expect(done).toEqual(['retry', 'tick', 'spool: null']);
    await time.advance(250);
    expect(done).toHaveLength(6);
  });

  test('one beat at a time, and the next after one that fails, which is told', async () => {
    const { done, state, time } = stationsOf();
    const beat = Promise.withResolvers<undefined>();
    state.tick = () => beat.promise;
    await time.advance(10_000);
    expect(done).toEqual(['retry', 'tick']);
    beat.reject(new Error('disk full'));
    await settled();
    expect(done.at(-1)).toBe('spool: disk full');
    state.tick = () => Promise.resolve();
    await time.advance(250);
    expect(done.at(-1)).toBe('spool: null');
  });

  test('tells the account every minute', async () => {
    const { done, time } = stationsOf();
    await time.advance(120_000);
    expect(done.filter((what) => what === 'rate')).toHaveLength(2);
  });

  test('says that all of a feed that has ended has its fate, when it has', () => {
    const { done, state, tell, told } = stationsOf();
    tell('pool.emptied');
    expect(told).toEqual([]);
    state.live = 1;
    tell('feed.finished');
    expect([done, told]).toEqual([['end'], []]);
    state.live = 0;
    tell('pool.emptied');
    expect(told).toEqual([{ type: 'stations.settled' }]);
    tell('stations.flush');
    expect(done).toEqual(['end', 'flush']);
  });

  test('leaves no timer behind, even when it ends in the middle of a beat', async () => {
    const { actor, state, time } = stationsOf();
    const beat = Promise.withResolvers<undefined>();
    state.tick = () => beat.promise;
    await time.advance(250);
    actor.stop();
    beat.resolve(undefined);
    await settled();
    await settled();
    expect(time.armed).toEqual([]);
  });
});

test.each<[WriteOutcome, object]>([
  [
    { status: 'written', rows: 1, station: 'created' },
    { type: 'write.committed', outcome: 'written' },
  ],
  [
    { status: 'written', rows: 0, station: 'unknown' },
    { type: 'write.committed', outcome: 'remembered' },
  ],
  [
    { status: 'stale', storedAtS: 1 },
    { type: 'write.committed', outcome: 'stale' },
  ],
  [
    { status: 'invalid', reason: 'no name' },
    { type: 'write.rejected', reason: 'no name' },
  ],
  [{ status: 'unknownSystem' }, { type: 'write.unknownSystem' }],
  [{ status: 'unconfirmed' }, { type: 'write.unknownSystem' }],
  [{ status: 'contended', reason: 'held' }, { type: 'write.contended' }],
  [{ status: 'failed', reason: 'a trigger' }, { type: 'write.failed' }],
])('a station hears what the database made of it: %o', (outcome, answer) => {
  expect(answerFor(outcome)).toEqual(answer);
});

test('the feed waits when as much is held as may be, until half of that is gone', () => {
  const done: string[] = [];
  const regulator = new FeedRegulator(10, {
    pauseFeed: () => done.push('pause'),
    resumeFeed: () => done.push('resume'),
  });
  for (const load of [9, 10, 11, 6, 10, 5, 4, 9, 10]) regulator.regulate(load);
  expect(done).toEqual(['pause', 'resume', 'pause']);
});

describe('the account', () => {
  const batch: StagedBatch = {
    ...new BatchStager(null).finish(),
    ...{ received: 9, learned: 2, taken: { commodity: 5 }, rejected: { old: 3 }, rejectedRows: { price: 7 } },
    snapshots: [
      { observedAtS: 50, receivedAtMs: 1 },
      { observedAtS: 40, receivedAtMs: 2 },
      { observedAtS: 50, receivedAtMs: 3 },
    ] as never,
    unknownCommodities: { unobtainium: 4 },
  };

  test('has every message, with why it was refused, and names what no catalogue knows once', () => {
    const ledger = new Ledger();
    expect(ledger.countStaged(batch)).toEqual(['unobtainium']);
    expect(
      ledger.countStaged({
        ...{ ...batch, snapshots: [], unknownCommodities: { unobtainium: 1, dust: 1 } },
        unresolved: [{ observedAtS: 60, receivedAtMs: 4 }] as never,
      }),
    ).toEqual(['dust']);
    expect(ledger.totals).toMatchObject({
      ...{ received: 18, accepted: 4, learned: 4, taken: { commodity: 10 } },
      ...{ rejected: { old: 6 }, rejectedRows: { price: 14 } },
    });
    expect(ledger.newest).toEqual({ observedAtS: 60, receivedAtMs: 4 });
  });

  test('has what came too late, and what has no fate yet', () => {
    const ledger = new Ledger();
    ledger.countStaged(batch);
    expect(withoutFate(ledger.totals)).toBe(4);
    ledger.countLate(batch);
    expect(ledger.totals.rejected).toEqual({ old: 3, 'too late': 9 });
    expect(withoutFate(ledger.totals)).toBe(4);
    const fates = { restored: 6, written: 1, stale: 2, superseded: 3, spilled: 1, everParked: 2 };
    Object.assign(ledger.totals, fates);
    expect(withoutFate(ledger.totals)).toBe(4 + 6 - (1 + 2 + 3 + 1 + 2));
  });

  test('is told with what waits at this moment; trouble of the spool and the first write are told once', () => {
    const { log, lines, texts } = recordingLog();
    const ledger = new Ledger();
    ledger.countStaged(batch);
    const totals = { restored: 6, written: 1, stale: 2, superseded: 3, spilled: 4, everParked: 5 };
    Object.assign(ledger.totals, totals);
    const pool = { deferredCount: 2, heldCount: 8, liveCount: 7 };
    const keeper = { pendingCount: 11, parkedCount: 12 };
    const reporter = new StationsReporter(log, ledger, pool as never, keeper as never);
    reporter.rate();
    expect(lines).toEqual([
      [
        'info',
        'received 9 + restored 6 = learned 2 + written 1 + stale 2 + superseded 3 + spilled 4 + ever parked 5 + ' +
          'rejected 3 + held 8; now pending 5, deferred 2, spooled 11, parked 12',
        { ...ledger.totals, held: 8, pending: 5, deferred: 2, spooled: 11, parked: 12 },
      ],
    ]);
    lines.length = 0;
    reporter.spoolOpened({ pending: 0, parked: 0 });
    reporter.spoolOpened({ pending: 1, parked: 2 });
    reporter.spoolOpened({ pending: 0, parked: 2 });
    for (const error of [null, 'full', 'full', 'gone', null, null]) {
      reporter.spool(error);
      expect(reporter.spoolError).toBe(error);
    }
    reporter.written();
    reporter.written();
    expect(texts()).toEqual([
      'info spool: 1 snapshots wait to be written, 2 are parked',
      'info spool: 0 snapshots wait to be written, 2 are parked',
      'error spool cannot be written, snapshots are held in memory: full',
      'error spool cannot be written, snapshots are held in memory: gone',
      'info spool: writing again',
      'info the first market is in the database',
    ]);
    expect(lines.map(([, , facts]) => facts)).toEqual([
      { pending: 1, parked: 2 },
      { pending: 0, parked: 2 },
      { error: 'full' },
      { error: 'gone' },
      {},
      {},
    ]);
  });
});
