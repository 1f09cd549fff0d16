import type { AnyStateMachine } from 'xstate';
import { expect, test } from 'vitest';
import { SystemStatus, type StatusDeps } from '../../src/actors/observing/status.ts';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { MACHINES } from '../../src/machines/machines.ts';
import { Ledger } from '../../src/actors/station-coalescer/ledger.ts';

const NOTHING = {
  totalRows: 0,
  liveRows: 0,
  stations: 0,
  liveStations: 0,
  implausibleMarkets: null,
  newestAtS: null,
};

/** What a machine in this state is tagged with; `crashed` is no state of a machine. */
function tagsOf(machine: AnyStateMachine, state: string): readonly string[] {
  if (state === 'crashed') return [];
  const path = state.split('.');
  return path.flatMap(
    (_, i) => machine.getStateNodeById([machine.id, ...path.slice(0, i + 1)].join('.')).tags,
  );
}

/** A status whose actors are in the given states, on a clock that is set by hand. */
function statusOf(
  states: Record<string, string>,
  count: () => Promise<typeof NOTHING>,
  errors: Record<string, { message: string; active: boolean }> = {},
) {
  const clock = { nowMs: 1_000_000 };
  const troubles: string[] = [];
  const gauges = { held: 1, pending: 2, deferred: 3, spooled: 4, parked: 5 };
  const reporter = { spoolError: null as string | null, gauges: () => gauges };
  const ledger = new Ledger();
  const board = {
    reports: () => [{ name: 'writer' }],
    report: (name: string) =>
      states[name] === undefined ? null : { state: states[name], lastError: errors[name] ?? null },
    is: (name: string, tag: string) =>
      states[name] !== undefined &&
      tagsOf(
        MACHINES.find(({ id }) => id === name)!,
        states[name],
      ).includes(tag),
  };
  const deps = {
    board,
    reporter,
    ledger,
    pool: { queuedCount: 6 },
    store: { stats: count },
    feedTroubles: () => troubles,
    time: { now: () => clock.nowMs },
    maintenanceDue: () => ({ purge: 1_060_000, optimize: Infinity }),
    historyDays: () => null,
    leadership: () => null,
  };
  return {
    clock,
    troubles,
    reporter,
    states,
    ledger,
    status: new SystemStatus(deps as unknown as StatusDeps),
  };
}

const WELL = { supervisor: 'running', writer: 'idle', listener: 'attached.live.receiving' };
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what is wrong although messages arrive makes it not ready', () => {
  const { status, troubles } = statusOf(WELL, () => Promise.resolve(NOTHING));
  troubles.push('the local clock is 60 min behind');
  expect(status.notReady()).toEqual(['feed: the local clock is 60 min behind']);
});

test.each([
  [{}, []],
  [{ supervisor: 'booting' }, ['system: booting']],
  [{ supervisor: 'draining.orderly.flushing' }, ['system: draining.orderly.flushing']],
  [{ supervisor: 'maintenance', writer: 'paused' }, []],
  [{ writer: 'opening' }, ['database: opening']],
  [{ writer: 'crashed', listener: 'silent' }, ['database: crashed', 'feed: silent']],
  [{ listener: 'attached.connecting' }, ['feed: attached.connecting']],
  [{ listener: 'attached.live.paused' }, []],
])('%j is not ready because of %j', (states, reasons) => {
  const { status } = statusOf({ ...WELL, ...states }, () => Promise.resolve(NOTHING));
  expect(status.notReady()).toEqual(reasons);
});

test('an attempt is not yet a success', () => {
  const status = (active: boolean) =>
    statusOf({ ...WELL, writer: 'writing' }, () => Promise.resolve(NOTHING), {
      writer: { message: 'disk full', active },
      listener: { message: 'silence', active },
    }).status.notReady();
  expect(status(true)).toEqual(['database: writing: disk full', 'feed: attached.live.receiving: silence']);
  expect(status(false)).toEqual([]);
});

test('a spool that cannot be written is a reason', () => {
  const { status, reporter } = statusOf(WELL, () => Promise.resolve(NOTHING));
  reporter.spoolError = 'disk full';
  expect(status.notReady()).toEqual(['spool: disk full']);
});

test('the database is counted when it is asked for, at most every 30 s', async () => {
  let counts = 0;
  const { status, clock } = statusOf(WELL, () => Promise.resolve({ ...NOTHING, totalRows: ++counts }));
  expect(status.report().database).toBeNull();
  await settled();
  expect(status.report().database).toMatchObject({ totalRows: 1, readAt: '1970-01-01T00:16:40.000Z' });
  clock.nowMs += 29_999;
  status.report();
  await settled();
  expect(counts).toBe(1);
  clock.nowMs += 1;
  status.report();
  await settled();
  expect(status.report().database).toMatchObject({ totalRows: 2 });
});

test('one count at a time, and after a long one a long pause', async () => {
  let counts = 0;
  const running: PromiseWithResolvers<typeof NOTHING>[] = [];
  const { status, clock } = statusOf(WELL, () => {
    counts += 1;
    const count = Promise.withResolvers<typeof NOTHING>();
    running.push(count);
    return count.promise;
  });
  status.report();
  clock.nowMs += 60_000;
  status.report();
  expect(counts).toBe(1);
  running[0]!.resolve(NOTHING);
  await settled();
  // A minute is a fiftieth of 50 minutes.
  clock.nowMs += 49 * 60_000;
  status.report();
  expect(counts).toBe(1);
  clock.nowMs += 60_000;
  status.report();
  expect(counts).toBe(2);
});

test.each(['opening', 'unavailable', 'paused', 'draining', 'closed'])(
  'a writer that is %s means that the database is not asked',
  (writer) => {
    let counts = 0;
    const { status } = statusOf({ ...WELL, writer }, () => {
      counts += 1;
      return Promise.resolve(NOTHING);
    });
    status.report();
    expect(counts).toBe(0);
  },
);

test('a count that fails keeps the figures, and is tried again later', async () => {
  let counts = 0;
  const { status, clock } = statusOf(WELL, () => {
    counts += 1;
    return counts === 2
      ? Promise.reject(new Error('gone'))
      : Promise.resolve({ ...NOTHING, totalRows: counts });
  });
  for (const totalRows of [1, 1, 3]) {
    status.report();
    await settled();
    expect(status.report().database).toMatchObject({ totalRows });
    clock.nowMs += 30_000;
  }
});

test('tells when maintenance is due, and that it never is', () => {
  const { status } = statusOf(WELL, () => Promise.resolve(NOTHING));
  expect(status.report().maintenance).toEqual({ purge: '1970-01-01T00:17:40.000Z', optimize: null });
});

test('tells where the markets are, and when the newest was observed and came', () => {
  const { ledger, status } = statusOf(WELL, () => Promise.resolve(NOTHING));
  expect(status.report()).toMatchObject({
    ...{ notReady: [], actors: [{ name: 'writer' }], held: 1, newestSnapshot: null },
    markets: { pending: 2, deferred: 3, queued: 6, spooled: 4, parked: 5 },
    ...{ history: null, leadership: null },
  });
  const snapshots = [{ observedAtS: 60, receivedAtMs: 61_500 }];
  ledger.countStaged({ ...new BatchStager(null).finish(), received: 1, snapshots: snapshots as never });
  const { newestSnapshot, totals } = status.report();
  expect(newestSnapshot).toEqual({
    observedAt: '1970-01-01T00:01:00.000Z',
    receivedAt: '1970-01-01T00:01:01.500Z',
  });
  expect(totals).toMatchObject({ received: 1, accepted: 1 });
});

test.each([
  ['starting', {}],
  ['starting', { supervisor: 'booting' }],
  ['running', { supervisor: 'running' }],
  ['running', { supervisor: 'maintenance' }],
  ['stopping', { supervisor: 'draining.orderly.flushing' }],
  ['stopping', { supervisor: 'stopped' }],
])('a system is %s where %j', (phase, states) => {
  const { status } = statusOf(states, () => Promise.resolve(NOTHING));
  expect(status.phase()).toBe(phase);
});

test('what has not begun yet is not ready', () => {
  const nothing = () => Promise.resolve(NOTHING);
  expect(statusOf({}, nothing).status.notReady()).toEqual(['system: booting']);
  expect(statusOf({ supervisor: 'running' }, nothing).status.notReady()).toEqual([
    'database: not started',
    'feed: not started',
  ]);
});
