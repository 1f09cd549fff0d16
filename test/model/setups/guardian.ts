import { expect } from 'vitest';
import { guardianMachine } from '../../../src/machines/supervision/guardian.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const MAX_RESTARTS = 2;

const guardian: ModelSetup<typeof guardianMachine> = {
  machine: guardianMachine,
  input: {
    name: 'writer',
    childInput: {},
    elected: false,
    maxRestarts: MAX_RESTARTS,
    steadyMs: 60_000,
    backoff: { minMs: 500, capMs: 30_000 },
    random: () => 0.5,
  },
  // Nameless: while exploring, every incarnation would claim the name anew.
  exploreInput: { name: '' },
  outputs: { child: ['its output'] },
  fails: ['child'],
  delays: { steadyPeriod: [60_000, 60_000], restartBackoff: [250, 30_000] },
  stop: { type: 'stop' },
  home: ['up.steady'],
  isAlive: (_, { child }) => child !== null,
  key: ({ restarts, exhausted }) => [restarts, exhausted],
  check({ event, value, context, running, history, news, done, output }) {
    expect(running, 'a child while it is up').toEqual(value.startsWith('up.') ? ['child'] : []);
    expect(context.restarts, 'restart budget').toBeLessThanOrEqual(MAX_RESTARTS);
    if (event.type === 'stop' && value === 'up.stopping')
      expect(news, 'it is told to end').toContain('tell child stop');
    const steadyAt = history.findLastIndex((entry) => entry.startsWith('event xstate.after.steadyPeriod'));
    const starts = history.slice(steadyAt + 1).filter((entry) => entry === 'start child');
    const allowed = steadyAt < 0 ? 1 + MAX_RESTARTS : MAX_RESTARTS;
    expect(starts.length, 'starts since it was last steady').toBeLessThanOrEqual(allowed);
    if (!done) return;
    const crashedOut = value === 'exhausted';
    const finished = event.type === 'xstate.done.actor.child';
    if (crashedOut) expect(starts.length, 'no sooner than it may').toBe(allowed);
    if (finished) expect(output).toMatchObject({ childOutput: 'its output' });
    expect(crashedOut || finished || history.includes('event stop'), 'ends for a reason').toBe(true);
    expect(output).toMatchObject({ name: 'writer', exhausted: crashedOut ? 'child failed' : null });
  },
};

const elected: ModelSetup<typeof guardianMachine> = {
  ...guardian,
  input: { ...guardian.input, elected: true },
  home: ['up.steady', 'standingBy'],
  check(moment) {
    const { event, value, previous, news, history } = moment;
    const lastly = history.findLast((entry) => entry.startsWith('event leadership.'));
    if (news.includes('start child')) expect(lastly, 'only while it leads').toBe('event leadership.gained');
    if (event.type === 'leadership.lost' && previous?.startsWith('up.') === true) {
      expect(['up.standingDown', 'up.stopping'], 'ends in order').toContain(value);
    }
    if (value === 'standingBy') expect(lastly).not.toBe('event leadership.gained');
    // It begins anew with each tenure.
    if (!history.includes('event leadership.lost')) guardian.check(moment);
  },
};

export const setups = [guardian, elected];
