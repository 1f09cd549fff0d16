import { assign, createActor, setup, type AnyStateMachine } from 'xstate';
import { expect, test } from 'vitest';
import { ActorBoard } from '../../src/actors/observing/actor-board.ts';
import { SystemStatus, type StatusDeps } from '../../src/actors/observing/status.ts';
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
  const gauges = { pending: 0, deferred: 0, spooled: 0, parked: 0 };
  const reporter = { spoolError: null as string | null, gauges: () => gauges };
  const board = {
    reports: () => [],
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
    ledger: new Ledger(),
    pool: { queuedCount: 0 },
    store: { stats: count },
    feedTroubles: () => troubles,
    time: { now: () => clock.nowMs },
    maintenanceDue: () => ({ purge: 1_060_000, optimize: Infinity }),
    historyDays: () => null,
    leadership: () => null,
  };
  return { clock, troubles, reporter, states, status: new SystemStatus(deps as unknown as StatusDeps) };
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

test('the board knows state, since, last event, errors and timers of a machine', () => {
  const clock = { nowMs: 5_000 };
  const machine = setup({
    types: {
      context: {} as { lastError: string | null; attempt: number },
      events: {} as { type: 'fail' | 'mend' },
    },
    delays: { patience: 60_000 },
  }).createMachine({
    id: 'thing',
    context: { lastError: null, attempt: 0 },
    initial: 'well',
    states: {
      well: {
        on: {
          fail: {
            target: 'ill',
            actions: assign({ lastError: 'broken', attempt: 1 }),
          },
        },
      },
      ill: {
        after: { patience: 'well' },
        on: {
          mend: { target: 'well', actions: assign({ lastError: null }) },
        },
      },
    },
  });
  const actor = createActor(machine);
  const board = new ActorBoard(actor, { now: () => clock.nowMs, setTimeout, clearTimeout: () => undefined });
  actor.start();
  expect(board.report('thing')).toMatchObject({ state: 'well', lastEvent: null, lastError: null, due: [] });
  clock.nowMs = 7_000;
  actor.send({ type: 'fail' });
  const ill = board.report('thing');
  expect(ill).toMatchObject({
    state: 'ill',
    since: '1970-01-01T00:00:07.000Z',
    lastEvent: { type: 'fail', at: '1970-01-01T00:00:07.000Z' },
    counters: { attempt: 1 },
    lastError: { message: 'broken', at: '1970-01-01T00:00:07.000Z', active: true },
    due: [{ timer: 'patience' }],
  });
  expect(Date.parse(ill!.due[0]!.at)).toBeGreaterThan(Date.now() + 30_000);
  clock.nowMs = 9_000;
  actor.send({ type: 'mend' });
  expect(board.report('thing')).toMatchObject({
    state: 'well',
    transitions: 3,
    lastError: { message: 'broken', at: '1970-01-01T00:00:07.000Z', active: false },
    due: [],
  });
  actor.stop();
});

test('tells when maintenance is due, and that it never is', () => {
  const { status } = statusOf(WELL, () => Promise.resolve(NOTHING));
  expect(status.report().maintenance).toEqual({ purge: '1970-01-01T00:17:40.000Z', optimize: null });
});
