import { createActor, fromPromise, sendParent, sendTo, setup } from 'xstate';
import { expect, onTestFinished, test } from 'vitest';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { Inspector } from '../../src/actors/observing/inspector.ts';
import type { InspectedChange, InspectedEvent } from '../../src/domain/ports/upkeep/inspection.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { toChart } from '../../src/machines/chart.ts';
import { createPool } from '../support/pool.ts';
import { settled, VirtualTime } from '../support/virtual-time.ts';

const WRITTEN = { status: 'written', rows: 1, station: 'known' } as const;

const childMachine = setup({
  types: { events: {} as { type: 'go' | 'fail' } },
  actors: { work: fromPromise(() => new Promise(() => undefined)) },
  actions: { fail: () => undefined },
}).createMachine({
  id: 'worker',
  initial: 'idle',
  states: {
    idle: { on: { go: 'busy.first' } },
    busy: {
      invoke: { src: 'work' },
      initial: 'first',
      states: { first: { entry: sendParent({ type: 'busy', rows: new Int32Array(500) }) } },
      on: { fail: { target: 'ended' } },
    },
    ended: { type: 'final' },
  },
});

const rootMachine = setup({
  types: { events: {} as { type: 'begin' | 'busy' | 'restart' } },
  actors: { child: childMachine },
}).createMachine({
  id: 'boss',
  context: {
    password: 'hunter2',
    url: 'mysql://trade:hunter2@db/trade',
    rows: new Int32Array(4_000),
    list: Array.from({ length: 100 }, (_, i) => i),
  },
  initial: 'up',
  states: {
    up: {
      invoke: { id: 'worker-1', src: 'child' },
      on: {
        begin: { actions: sendTo('worker-1', { type: 'go' }) },
        restart: { target: 'up', reenter: true },
      },
    },
  },
});

async function start() {
  const time = new VirtualTime();
  const { pool, ledger } = await createPool(time);
  const root = createActor(rootMachine.provide({}), { clock: time }).start();
  const inspect = () => {
    const inspector = new Inspector({ root, pool, ledger, time });
    onTestFinished(() => inspector.close());
    return inspector;
  };
  return { root, pool, ledger, time, inspect };
}

function snapshot(marketId: number, observedAtS = 1): Snapshot {
  const names = { systemName: 'Sol', stationName: 'Galileo' };
  return { marketId, ...names, observedAtS, receivedAtMs: 0, rows: new Int32Array(ROW_WIDTH) };
}

test('actors that run already are in the tree; when they took their states is not known', async () => {
  const { inspect } = await start();
  expect(inspect().actors()).toMatchObject([
    { id: 'boss', parent: null, machine: 'boss', states: ['up'], sinceMs: null, status: 'active' },
    { id: 'boss/worker-1', parent: 'boss', machine: 'worker', states: ['idle'], incarnation: 1 },
  ]);
});

test('an event is recorded with its two ends and a short line of its payload', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  root.send({ type: 'begin' });
  const events = inspector.recent().filter((record): record is InspectedEvent => record.kind === 'event');
  expect(events).toMatchObject([
    { from: null, to: 'boss', type: 'begin', detail: '' },
    { from: 'boss', to: 'boss/worker-1', type: 'go', detail: '' },
    { from: 'boss/worker-1', to: 'boss', type: 'busy', detail: 'rows: Int32Array(500)' },
  ]);
});

test('a change names the transition as the chart does', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  root.send({ type: 'begin' });
  const change = inspector
    .recent()
    .find(
      (record): record is InspectedChange => record.kind === 'change' && record.actor.machine === 'worker',
    );
  expect(change).toMatchObject({ before: ['idle'], actor: { states: ['busy.first'], cause: 'go' } });
  const { edges } = toChart(childMachine);
  expect(edges.filter(({ id }) => change?.actor.transitions.includes(id))).toMatchObject([
    { from: 'idle', to: 'busy.first', event: 'go' },
  ]);
});

test('an invoked actor without a name of its own is called as its slot', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  root.send({ type: 'begin' });
  expect(inspector.actors().at(-1)).toMatchObject({ name: 'work', source: 'work', machine: null });
});

test('a restarted actor keeps its place; what it started before is shown as stopped', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  root.send({ type: 'begin' });
  root.send({ type: 'restart' });
  expect(inspector.actors()).toMatchObject([
    { id: 'boss' },
    { id: 'boss/worker-1', incarnation: 2, status: 'active', states: ['idle'] },
    { name: 'work', status: 'stopped' },
  ]);
});

test('a context shows neither secrets nor large values', async () => {
  const { inspect } = await start();
  const context = inspect().context('boss') as { list: unknown[] };
  expect(context).toMatchObject({ password: '•••', url: 'mysql://•••@db/trade', rows: 'Int32Array(4000)' });
  expect(context.list).toHaveLength(31);
  expect(JSON.stringify(context)).not.toContain('hunter2');
});

test('no context is told of an actor that is not there', async () => {
  const { inspect } = await start();
  expect(inspect().context('boss/nobody')).toBeUndefined();
});

test('stations are counted, not listed', async () => {
  const { pool, inspect } = await start();
  const inspector = inspect();
  pool.accept([1, 2, 3].map((marketId) => snapshot(marketId)));
  expect(inspector.actors()).toHaveLength(2);
  expect(inspector.pool()).toMatchObject({ states: { pending: 3 }, queued: 3 });
});

test('the followed market is seen, through all its stations; no other one is', async () => {
  const { pool, inspect } = await start();
  const inspector = inspect();
  pool.accept([snapshot(1), snapshot(2)]);
  inspector.follow(2);
  for (const observedAtS of [1, 2]) {
    pool.answer(pool.takeBatch(), [WRITTEN, WRITTEN]);
    expect(inspector.actors().at(-1)).toMatchObject({
      id: 'station-2',
      machine: 'station-coalescer',
      states: ['written'],
      status: 'done',
      incarnation: observedAtS,
    });
    pool.accept([snapshot(1, observedAtS + 1), snapshot(2, observedAtS + 1)]);
  }
  const ids = new Set(inspector.actors().map(({ id }) => id));
  expect([...ids].filter((id) => id.startsWith('station-'))).toEqual(['station-2']);
});

test('a market that is followed no more leaves the tree', async () => {
  const { pool, inspect } = await start();
  const inspector = inspect();
  pool.accept([snapshot(2)]);
  inspector.follow(2);
  inspector.follow(null);
  const before = inspector.recent().length;
  pool.answer(pool.takeBatch(), [WRITTEN]);
  expect(inspector.actors()).toHaveLength(2);
  expect(inspector.recent()).toHaveLength(before);
});

test('after its end nothing is observed', async () => {
  const { root, pool, inspect } = await start();
  const inspector = inspect();
  inspector.follow(2);
  inspector.close();
  root.send({ type: 'begin' });
  pool.accept([snapshot(2)]);
  expect(inspector.recent()).toEqual([]);
});

test('a bounded number of records is kept, the newest', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  for (let i = 0; i < 5_000; i += 1) root.send({ type: 'busy' });
  const records = inspector.recent();
  expect(records).toHaveLength(2_000);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => 3_001 + i));
});

test('a listener that throws does not reach the actors', async () => {
  const { root, inspect } = await start();
  inspect().subscribe(() => {
    throw new Error('no');
  });
  root.send({ type: 'begin' });
  expect(root.getSnapshot().status).toBe('active');
});

test('what the messages came to is told in sums', async () => {
  const { ledger, pool, inspect } = await start();
  ledger.countStaged({
    ...new BatchStager(null).finish(),
    ...{ received: 9, learned: 2, taken: { commodity: 3, journal: 2 }, rejected: { old: 1, odd: 3 } },
    rejectedRows: { price: 7, level: 1 },
  });
  pool.accept([snapshot(1)]);
  expect(inspect().pool()).toEqual({
    ...{ states: { pending: 1 }, queued: 1 },
    totals: expect.objectContaining({
      ...{ received: 9, learned: 2, taken: 5, rejected: 4, rejectedRows: 8, held: 1 },
    }) as unknown,
  });
});

test('since when an actor is in its state is known of what is seen to happen', async () => {
  const { root, time, inspect } = await start();
  const inspector = inspect();
  await time.advance(5_000);
  root.send({ type: 'begin' });
  const worker = () => inspector.actors().find(({ id }) => id === 'boss/worker-1');
  expect(worker()).toMatchObject({ sinceMs: time.now(), states: ['busy.first'], cause: 'go' });
  expect(inspector.actors()[0]).toMatchObject({ id: 'boss', sinceMs: null });
  const beganMs = time.now();
  await time.advance(1_000);
  // Nothing changes by it.
  root.send({ type: 'begin' });
  expect(worker()?.sinceMs).toBe(beganMs);
  root.send({ type: 'restart' });
  expect(worker()).toMatchObject({ sinceMs: time.now(), incarnation: 2, transitions: [], cause: null });
  const changes = inspector
    .recent()
    .filter(
      (record): record is InspectedChange => record.kind === 'change' && record.actor.id === 'boss/worker-1',
    );
  expect(changes.map(({ before, actor: { states } }) => [before, states])).toEqual([
    [['idle'], ['busy.first']],
    [['busy.first'], ['busy.first']],
    [null, ['idle']],
  ]);
});

test('an actor that has ended tells what came of it', async () => {
  const time = new VirtualTime();
  const { pool, ledger } = await createPool(time);
  const works = setup({
    actors: {
      good: fromPromise(() => Promise.resolve({ rows: 7 })),
      bad: fromPromise(() => Promise.reject(new Error('no rows'))),
    },
  }).createMachine({
    id: 'works',
    initial: 'one',
    output: { all: 'done' },
    states: {
      one: { invoke: { id: 'good', src: 'good', input: { of: 'Sol' }, onDone: 'other' } },
      other: { invoke: { id: 'bad', src: 'bad', onError: 'end' } },
      end: { type: 'final' },
    },
  });
  const root = createActor(works, { clock: time });
  const inspector = new Inspector({ root, pool, ledger, time });
  onTestFinished(() => inspector.close());
  root.start();
  expect(inspector.context('works/good')).toEqual({ input: { of: 'Sol' } });
  await settled();
  await settled();
  expect(inspector.actors()).toMatchObject([
    { id: 'works', status: 'done', states: ['end'] },
    { id: 'works/good', status: 'done', source: 'good', machine: null, states: [] },
    { id: 'works/bad', status: 'error' },
  ]);
  expect(inspector.context('works')).toEqual({ '(output)': { all: 'done' } });
  expect(inspector.context('works/good')).toEqual({ output: { rows: 7 } });
  expect(inspector.context('works/bad')).toEqual({ error: 'Error: no rows' });
  // What XState tells its promises is of no interest, and an actor that has ended is told once.
  const told = inspector.recent().flatMap((record) => (record.kind === 'event' ? [record.type] : []));
  expect(told).toEqual(['xstate.done.actor.good', 'xstate.error.actor.bad']);
  expect(inspector.recent().find((record) => record.kind === 'event')).toMatchObject({
    ...{ from: 'works/good', to: 'works', detail: 'output: {"rows":7}' },
  });
});

test('of those that have ended the last forty are shown', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  for (let i = 0; i < 45; i += 1) {
    root.send({ type: 'begin' });
    root.send({ type: 'restart' });
  }
  const ended = inspector.actors().filter(({ status }) => status !== 'active');
  expect(ended.length).toBeLessThanOrEqual(40);
  expect(inspector.actors().slice(0, 2)).toMatchObject([{ id: 'boss' }, { id: 'boss/worker-1' }]);
});

test('who listens hears each record once, until he leaves', async () => {
  const { root, inspect } = await start();
  const inspector = inspect();
  const heard: number[] = [];
  const leave = inspector.subscribe(({ seq }) => void heard.push(seq));
  root.send({ type: 'begin' });
  expect(heard).toEqual(inspector.recent().map(({ seq }) => seq));
  leave();
  root.send({ type: 'begin' });
  expect(heard.length).toBeLessThan(inspector.recent().length);
});

test('a station that is followed later is shown since when, one that was there without', async () => {
  const { pool, time, inspect } = await start();
  const inspector = inspect();
  pool.accept([snapshot(2)]);
  inspector.follow(2);
  expect(inspector.followed).toBe(2);
  expect(inspector.actors().at(-1)).toMatchObject({ id: 'station-2', sinceMs: null, states: ['pending'] });
  pool.answer(pool.takeBatch(), [WRITTEN]);
  await time.advance(1_000);
  pool.accept([snapshot(2, 2)]);
  expect(inspector.actors().at(-1)).toMatchObject({ id: 'station-2', sinceMs: time.now() });
  inspector.follow(3);
  expect(inspector.actors()).toHaveLength(2);
});
