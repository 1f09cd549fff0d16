import { createActor, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { createLeadership, type LeadershipChild } from '../../src/actors/leadership/child.ts';
import { createElected } from '../../src/actors/leadership/elected.ts';
import type { Claimed, Leader, Lease, Renewed } from '../../src/domain/ports/upkeep/leadership.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

const here: Leader = { epoch: 2, name: 'here', url: 'http://here', sinceS: 60 };
const other: Leader = { epoch: 3, name: 'other', url: 'http://other', sinceS: 120 };

/** A daemon of several, by a lease that answers what it is told to. */
function leadershipOf(answers: { claim?: () => Promise<Claimed>; renew?: () => Promise<Renewed> } = {}) {
  const calls: string[] = [];
  const lease: Lease = {
    claim: () => {
      calls.push('claim');
      return answers.claim?.() ?? Promise.resolve({ leads: true, leader: here, heldMs: 10_000 });
    },
    renew: () => {
      calls.push('renew');
      return answers.renew?.() ?? Promise.resolve({ held: true, heldMs: 10_000 });
    },
    release: () => Promise.resolve(void calls.push('release')),
    close: () => Promise.resolve(void calls.push('close')),
  };
  const world: ReturnType<typeof childWorld<LeadershipChild>> = childWorld(createLeadership, {
    lease,
    elected: {
      start: () => void calls.push('start elected'),
      standDown: () => Promise.resolve(void calls.push('stand down')),
    },
    present: () => world.actor,
    tell: (_: string, event: { type: string }) => world.actor.send(event),
  });
  return { ...world, answers, calls };
}

describe('one that leads', () => {
  test('does what only a leader does, says so, and keeps its lease', async () => {
    const { calls, child, lines, start, time } = leadershipOf();
    await start();
    expect(calls).toContain('start elected');
    expect(lines).toEqual([
      ['info', 'leadership: this daemon updates, publishes and maintains', { epoch: 2 }],
    ]);
    expect(child.report()).toEqual({
      leads: true,
      leader: { name: 'here', url: 'http://here', epoch: 2, since: '1970-01-01T00:01:00.000Z' },
    });
    await time.advance(4_000);
    expect(calls.filter((call) => call === 'renew')).toHaveLength(2);
    await expect(child.whileLeading(() => Promise.resolve('done'))).resolves.toBe('done');
  });

  test('hands over when asked to: all of a leader ends before the lease is given up', async () => {
    const { calls, child, start, time } = leadershipOf();
    await start();
    calls.length = 0;
    let hasYielded = false;
    void child.yieldNow().then(() => (hasYielded = true));
    await settled();
    await time.advance(0);
    expect(calls).toEqual(['stand down', 'release']);
    expect(hasYielded).toBe(true);
    expect(child.report()?.leads).toBe(false);
  });

  test('whoever asked for something hears when another one leads by now', async () => {
    const { answers, child, lines, start, time } = leadershipOf();
    await start();
    const asked = child.whileLeading(() => new Promise(() => undefined));
    asked.catch(() => undefined);
    answers.renew = () => Promise.resolve({ held: false });
    answers.claim = () => Promise.resolve({ leads: false, leader: other });
    await time.advance(2_000);
    await expect(asked).rejects.toMatchObject({
      code: 'leadership',
      message: 'another daemon leads by now',
      advice: 'ask that one',
    });
    await time.advance(1_000);
    expect(lines.slice(1)).toEqual([
      [
        'warn',
        'leadership: lost, what this daemon did for all ends: another daemon has taken it',
        { error: null },
      ],
      [
        'info',
        'leadership: other updates, publishes and maintains; its files are fetched from http://other',
        { epoch: 3 },
      ],
    ]);
  });

  test('that loses it twice fails each time only who had asked', async () => {
    const { answers, child, start, time } = leadershipOf();
    await start();
    answers.renew = () => Promise.resolve({ held: false });
    await time.advance(3_000);
    delete answers.renew;
    await time.advance(10_000);
    await expect(child.whileLeading(() => Promise.resolve('done'))).resolves.toBe('done');
  });

  test('that cannot reach the lease says why what it did ends', async () => {
    const { answers, start, texts, time } = leadershipOf();
    await start();
    const away = () => Promise.reject(new Error('database away'));
    Object.assign(answers, { renew: away, claim: away });
    await time.advance(60_000);
    expect(texts().slice(1)).toEqual(
      expect.arrayContaining([
        'warn leadership: lost, what this daemon did for all ends: database away',
        'error leadership: not known: database away',
      ]),
    );
    expect(texts().filter((text) => text.startsWith('error'))).toHaveLength(1);
  });
});

describe('one that follows', () => {
  const follower = () => leadershipOf({ claim: () => Promise.resolve({ leads: false, leader: other }) });

  test('says who leads, does nothing of it, and refuses what only a leader may do', async () => {
    const { calls, child, start, texts } = follower();
    await start();
    expect(calls).not.toContain('start elected');
    expect(texts()).toEqual([
      'info leadership: other updates, publishes and maintains; its files are fetched from http://other',
    ]);
    expect(child.report()).toMatchObject({ leads: false, leader: { name: 'other' } });
    const refusal = {
      code: 'leadership',
      message: 'another daemon leads: other',
      advice: 'ask that one',
    };
    await expect(child.whileLeading(() => Promise.resolve())).rejects.toMatchObject(refusal);
    await expect(child.yieldNow()).rejects.toMatchObject(refusal);
  });

  test('knows nobody while one is about to lead', async () => {
    const { child, start, texts } = leadershipOf({
      claim: () => Promise.resolve({ leads: false, leader: null }),
    });
    await start();
    expect(texts()).toEqual([]);
    expect(child.report()).toEqual({ leads: false, leader: null });
    await expect(child.whileLeading(() => Promise.resolve())).rejects.toMatchObject({
      message: 'no daemon leads at this moment',
      advice: 'try again in some seconds',
    });
  });

  test('gives the lease back when it ends, after what is at work', async () => {
    const { calls, child, send, start } = follower();
    await start();
    await send('stop');
    await child.dispose?.();
    expect(calls.at(-1)).toBe('close');
  });

  test('trouble is told again after it was over', async () => {
    let isDown = true;
    const { start, texts, time } = leadershipOf({
      claim: () =>
        isDown ? Promise.reject(new Error('away')) : Promise.resolve({ leads: false, leader: other }),
    });
    await start();
    for (const isDownNow of [true, false, true, false]) {
      isDown = isDownNow;
      await time.advance(20_000);
    }
    expect(texts().map((text) => text.slice(0, 28))).toEqual([
      'error leadership: not known:',
      'info leadership: other updat',
      'error leadership: not known:',
    ]);
  });
});

describe('one that is alone', () => {
  const alone = () =>
    childWorld(createLeadership, {
      lease: null,
      elected: { start: () => undefined, standDown: () => Promise.resolve() },
    });

  test('does whatever is asked, and has nobody to hand over to', async () => {
    const { child, start } = alone();
    await start();
    expect(child.report()).toBe(null);
    await expect(child.whileLeading(() => Promise.resolve(5))).resolves.toBe(5);
    await expect(child.yieldNow()).rejects.toMatchObject({
      code: 'leadership',
      message: 'no other daemon shares this database',
      advice: 'cluster_url in the configuration of each makes several of them work together',
    });
    await child.dispose?.();
  });
});

describe('the children of a leader', () => {
  /** A guardian of the kind that stands by until its daemon leads. */
  const guardian = (quietAfter: Promise<unknown>) =>
    createActor(
      setup({ actors: { ending: fromPromise(() => quietAfter) } }).createMachine({
        initial: 'standingBy',
        states: {
          standingBy: { tags: 'standingBy', on: { 'leadership.gained': 'working', end: 'ended' } },
          working: { on: { 'leadership.lost': 'ending' } },
          ending: { invoke: { src: 'ending', onDone: 'standingBy' } },
          ended: { type: 'final' },
        },
      }),
    ).start();

  function electedOf(quietAfter: Promise<unknown> = Promise.resolve()) {
    const disposed: string[] = [];
    const guardians: Record<string, ReturnType<typeof guardian>> = {
      exporter: guardian(quietAfter),
      writer: guardian(quietAfter),
    };
    const dispose = (name: string) => () => Promise.resolve(void disposed.push(name));
    const elected = createElected({
      children: () =>
        ({
          exporter: { runs: 'elected', dispose: dispose('exporter') },
          mirror: { runs: 'elected', dispose: dispose('mirror') },
          writer: { dispose: dispose('writer') },
        }) as never,
      guardianOf: (name) => guardians[name],
    });
    const states = () =>
      Object.fromEntries(Object.entries(guardians).map(([name, actor]) => [name, actor.getSnapshot().value]));
    return { elected, disposed, guardians, states };
  }

  test('begin when it leads; the others are left alone', () => {
    const { elected, states } = electedOf();
    elected.start();
    expect(states()).toEqual({ exporter: 'working', writer: 'standingBy' });
  });

  test('have ended, and given back what they held, when it has stood down', async () => {
    const quiet = Promise.withResolvers<undefined>();
    const { elected, disposed, states } = electedOf(quiet.promise);
    elected.start();
    let isDown = false;
    const down = elected.standDown().then(() => (isDown = true));
    await settled();
    expect([isDown, disposed]).toEqual([false, []]);
    quiet.resolve(undefined);
    await down;
    expect(states()).toEqual({ exporter: 'standingBy', writer: 'standingBy' });
    expect(disposed).toEqual(['exporter']);
  });

  test('that have ended for good keep nobody waiting', async () => {
    const { elected, disposed, guardians } = electedOf();
    guardians.exporter?.send({ type: 'end' });
    await elected.standDown();
    expect(disposed).toEqual(['exporter']);
  });
});
