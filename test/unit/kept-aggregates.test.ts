import { describe, expect, test } from 'vitest';
import { Asked } from '../../src/actors/asked.ts';
import { Trouble } from '../../src/actors/failing.ts';
import { Keeper } from '../../src/actors/scout-tour/keeper.ts';
import { createSteps } from '../../src/actors/steps.ts';
import { createActor } from 'xstate';
import { recordingLog } from '../support/child-world.ts';
import { settled, VirtualTime } from '../support/virtual-time.ts';

interface Thing {
  readonly id: string;
  readonly state: string;
}

/** A keeper of things, and a database that others write to, too. */
function keeperOf() {
  const time = new VirtualTime(0);
  const rows = new Map<string, { readonly version: number; readonly json: string }>();
  const told: (string | null)[] = [];
  const endedElsewhere: string[] = [];
  const state = { isAway: false, puts: 0, gate: Promise.resolve() as Promise<unknown> };
  const unlessAway = <T>(work: () => T): Promise<T> =>
    state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(work());
  const keeper = new Keeper<Thing>({
    kind: 'thing',
    store: {
      aggregates: (kind) =>
        unlessAway(() => (kind === 'thing' ? Array.from(rows, ([id, row]) => ({ kind, id, ...row })) : [])),
      putAggregate: async ({ id, version, json }) => {
        state.puts++;
        await state.gate;
        return unlessAway(() => {
          if ((rows.get(id)?.version ?? 0) !== version - 1) return false;
          rows.set(id, { version, json });
          return true;
        });
      },
      removeAggregate: (_, id) => unlessAway(() => void rows.delete(id)),
    },
    time,
    random: () => 1,
    isEnded: (thing) => thing.state === 'ended',
    onEnded: (id) => void endedElsewhere.push(id),
    report: (error) => void told.push(error),
  });
  const stored = (id: string) => {
    const row = rows.get(id);
    return row && { version: row.version, ...(JSON.parse(row.json) as Thing) };
  };
  const writeElsewhere = (thing: Thing) =>
    rows.set(thing.id, { version: (rows.get(thing.id)?.version ?? 0) + 1, json: JSON.stringify(thing) });
  return { time, keeper, told, endedElsewhere, rows, state, stored, writeElsewhere };
}

const thing = (state: string, id = 'a'): Thing => ({ id, state });

describe('what is kept', () => {
  test('is there before its first write is answered, and once', async () => {
    const { keeper, stored } = keeperOf();
    await keeper.add(thing('open'));
    expect(stored('a')).toEqual({ version: 1, ...thing('open') });
    await expect(keeper.add(thing('open'))).rejects.toThrow('there is a thing a already');
  });

  test('is written as it is last, whatever it was in between', async () => {
    const { keeper, state, stored } = keeperOf();
    const gate = Promise.withResolvers<undefined>();
    state.gate = gate.promise;
    for (const now of ['one', 'two', 'three']) keeper.put(thing(now));
    gate.resolve(undefined);
    await keeper.flush();
    expect(stored('a')).toMatchObject({ state: 'three' });
    expect(state.puts).toBe(2);
  });

  test('is tried again when it cannot be written, later each time; that is told once, and when it is over', async () => {
    const { keeper, state, stored, time, told } = keeperOf();
    state.isAway = true;
    keeper.put(thing('one'));
    await settled();
    expect(time.armed).toEqual([1_000]);
    await time.fireNext();
    expect(time.armed).toEqual([2_000]);
    // What comes meanwhile waits for the next attempt.
    keeper.put(thing('two'));
    await settled();
    expect(state.puts).toBe(2);
    expect(told).toEqual(['away']);
    state.isAway = false;
    await time.fireNext();
    expect(stored('a')).toMatchObject({ state: 'two' });
    expect(told).toEqual(['away', null]);
    state.isAway = true;
    keeper.put(thing('three'));
    await settled();
    expect(told).toEqual(['away', null, 'away']);
    expect(time.armed).toEqual([1_000]);
  });

  test('is written at the end, and no timer is left where that fails', async () => {
    const { keeper, state, stored, time } = keeperOf();
    state.isAway = true;
    keeper.put(thing('one'));
    await settled();
    await keeper.close();
    expect(time.armed).toEqual([]);
    state.isAway = false;
    await keeper.close();
    expect(stored('a')).toMatchObject({ state: 'one' });
  });

  test('is removed with what waits of it', async () => {
    const { keeper, rows, state } = keeperOf();
    await keeper.add(thing('open'));
    state.isAway = true;
    keeper.put(thing('two'));
    await settled();
    state.isAway = false;
    await keeper.remove('a');
    await keeper.flush();
    expect(rows.size).toBe(0);
    await keeper.add(thing('new'));
    expect(rows.size).toBe(1);
  });
});

describe('what others have written', () => {
  test('is read at first, and then what is new', async () => {
    const { keeper, writeElsewhere } = keeperOf();
    writeElsewhere(thing('open'));
    expect(await keeper.readNews()).toEqual([thing('open')]);
    expect(await keeper.readNews()).toEqual([]);
    writeElsewhere(thing('new', 'b'));
    writeElsewhere(thing('changed'));
    expect(await keeper.readNews()).toEqual([thing('changed'), thing('new', 'b')]);
  });

  test('does not undo what is open here: that is written on top', async () => {
    const { endedElsewhere, keeper, stored, writeElsewhere } = keeperOf();
    await keeper.add(thing('open'));
    writeElsewhere(thing('theirs'));
    keeper.put(thing('ours'));
    await keeper.flush();
    expect(stored('a')).toEqual({ version: 3, ...thing('ours') });
    expect(endedElsewhere).toEqual([]);
  });

  test('ends what is open here, which stays as they wrote it', async () => {
    const { endedElsewhere, keeper, stored, writeElsewhere } = keeperOf();
    await keeper.add(thing('open'));
    writeElsewhere(thing('ended'));
    keeper.put(thing('ours'));
    await keeper.flush();
    expect(stored('a')).toMatchObject({ state: 'ended' });
    expect(endedElsewhere).toEqual(['a']);
  });

  test('does not hinder what has ended here, nor does it that they removed it', async () => {
    const { endedElsewhere, keeper, rows, stored, writeElsewhere } = keeperOf();
    await keeper.add(thing('open'));
    writeElsewhere(thing('ended'));
    keeper.put({ ...thing('ended'), id: 'a' });
    await keeper.flush();
    expect(stored('a')?.version).toBe(3);
    rows.delete('a');
    keeper.put(thing('again'));
    await keeper.flush();
    expect(stored('a')).toEqual({ version: 1, ...thing('again') });
    expect(endedElsewhere).toEqual([]);
  });
});

describe('those who have asked', () => {
  test('hear of work that began after they asked, and of no other', async () => {
    const asked = new Asked<string>();
    const heard: string[] = [];
    const ask = (who: string) =>
      void asked.ask().then(
        (value) => heard.push(`${who}: ${value}`),
        (error: unknown) => heard.push(`${who}: ${String(error)}`),
      );
    ask('first');
    expect(asked.isWaiting).toBe(true);
    asked.begin();
    expect(asked.isWaiting).toBe(false);
    ask('second');
    asked.done('one');
    await settled();
    expect(heard).toEqual(['first: one']);
    asked.begin();
    // It was interrupted.
    asked.begin();
    asked.failed('broken');
    asked.failed('again');
    await settled();
    expect(heard).toEqual(['first: one', 'second: broken']);
  });
});

test('trouble is told once, and again when it was over or is another', () => {
  const { log, lines } = recordingLog();
  const trouble = new Trouble(log, 'nothing is done');
  expect(trouble.isTold).toBe(false);
  trouble.tell({ attempt: 1, lastError: 'away' });
  trouble.tell({ attempt: 2, lastError: 'away' });
  expect(trouble.isTold).toBe(true);
  trouble.tell({ attempt: 3, lastError: 'broken' });
  trouble.over();
  expect(trouble.isTold).toBe(false);
  trouble.tell({ attempt: 1, lastError: 'broken' });
  trouble.tell({ attempt: 2, lastError: null });
  expect(lines).toEqual([
    ['error', 'nothing is done: away', { attempt: 1, error: 'away' }],
    ['error', 'nothing is done: broken', { attempt: 3, error: 'broken' }],
    ['error', 'nothing is done: broken', { attempt: 1, error: 'broken' }],
    ['error', 'nothing is done: unknown error', { attempt: 2, error: null }],
  ]);
});

test('steps have ended when none is at work, not even one that was stopped', async () => {
  const { step, ended } = createSteps();
  const work = Promise.withResolvers<string>();
  const inputs: unknown[] = [];
  const logic = step<string, number>((signal, input) => {
    inputs.push(input, signal.aborted);
    return work.promise;
  });
  const actor = createActor(logic, { input: 7 }).start();
  actor.stop();
  let isOver = false;
  const end = ended().then(() => (isOver = true));
  await settled();
  expect([inputs, isOver]).toEqual([[7, false], false]);
  work.reject(new Error('stopped'));
  await end;
  await ended();
});
