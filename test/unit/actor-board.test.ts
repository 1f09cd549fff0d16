import { assign, createActor, sendTo, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { ActorBoard } from '../../src/actors/observing/actor-board.ts';
import { VirtualTime } from '../support/virtual-time.ts';

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

describe('of a tree', () => {
  const worker = setup({ types: { events: {} as { type: 'turn' | 'fail' } } }).createMachine({
    id: 'worker',
    type: 'parallel',
    states: {
      left: { initial: 'off', states: { off: { on: { turn: 'on' } }, on: {} } },
      right: {},
    },
    on: {
      fail: {
        actions: () => {
          throw new Error('broken');
        },
      },
    },
  });
  const guardian = setup({
    types: { events: {} as { type: 'again' }, context: {} as { restarts: number } },
    actors: { worker },
  }).createMachine({
    id: 'guardian',
    context: { restarts: 2 },
    invoke: { id: 'child', src: 'worker', onError: '.down' },
    initial: 'up',
    states: { up: { tags: 'ready', on: { again: { target: '#guardian', reenter: true } } }, down: {} },
  });
  const boss = setup({
    types: { events: {} as { type: 'again' } },
    actors: { guardian },
  }).createMachine({
    id: 'boss',
    invoke: { id: 'writer', src: 'guardian' },
    on: { again: { actions: sendTo('writer', { type: 'again' }) } },
  });

  function boardOf() {
    const time = new VirtualTime(0);
    const root = createActor(boss, { clock: time });
    const board = new ActorBoard(root, time);
    root.start();
    const child = () => root.getSnapshot().children.writer!.getSnapshot().children.child!;
    return { board, root, child, time };
  }

  test('each machine goes by what it is for: a guarded one by the name of its guardian', () => {
    const { board } = boardOf();
    expect(new Set(board.reports().map(({ name }) => name))).toEqual(
      new Set(['boss', 'guardian of writer', 'writer']),
    );
    expect(board.report('writer')).toMatchObject({
      ...{ state: 'left.off,right', events: 1, transitions: 1, incarnations: 1, counters: {} },
      since: '1970-01-01T00:00:00.000Z',
    });
    expect(board.report('guardian of writer')?.counters).toEqual({ restarts: 2 });
    expect(board.report('nobody')).toBeNull();
  });

  test('what happens to it is counted, also when it is another incarnation', async () => {
    const { board, child, root, time } = boardOf();
    await time.advance(5_000);
    child().send({ type: 'turn' });
    expect(board.report('writer')).toMatchObject({
      ...{ state: 'left.on,right', events: 2, transitions: 2, since: '1970-01-01T00:00:05.000Z' },
      lastEvent: { type: 'turn', at: '1970-01-01T00:00:05.000Z' },
    });
    await time.advance(1_000);
    child().send({ type: 'turn' });
    expect(board.report('writer')).toMatchObject({
      ...{ events: 3, transitions: 2, since: '1970-01-01T00:00:05.000Z' },
      lastEvent: { at: '1970-01-01T00:00:06.000Z' },
    });
    root.send({ type: 'again' });
    expect(board.report('writer')).toMatchObject({
      state: 'left.off,right',
      incarnations: 2,
      transitions: 3,
    });
    expect(board.reports()).toHaveLength(3);
  });

  test('one that has crashed says so, and is in no state', async () => {
    const { board, child, time } = boardOf();
    await time.advance(2_000);
    expect(board.is('guardian of writer', 'ready')).toBe(true);
    child().send({ type: 'fail' });
    expect(board.report('writer')).toMatchObject({
      ...{ state: 'crashed', since: '1970-01-01T00:00:02.000Z', transitions: 2 },
    });
    expect(board.is('guardian of writer', 'ready')).toBe(false);
    expect(board.report('guardian of writer')?.state).toBe('down');
  });

  test('one that has ended is in no state, nor is one that is not there', () => {
    const { board, root } = boardOf();
    root.stop();
    expect(board.is('guardian of writer', 'ready')).toBe(false);
    expect(board.is('nobody', 'ready')).toBe(false);
  });

  test('timers are those of each machine, the others have none', async () => {
    const time = new VirtualTime(0);
    const waiting = createActor(
      setup({ actors: { worker }, delays: { patience: 7_000 } }).createMachine({
        id: 'waiting',
        invoke: { id: 'child', src: 'worker' },
        initial: 'ill',
        states: { ill: { after: { patience: 'well' } }, well: {} },
      }),
      { clock: time },
    );
    const board = new ActorBoard(waiting, time);
    waiting.start();
    expect(board.report('waiting')?.due.map(({ timer }) => timer)).toEqual(['patience']);
    expect(board.report('child')?.due).toEqual([]);
    await time.advance(7_000);
    expect(board.report('waiting')?.due).toEqual([]);
  });
});
