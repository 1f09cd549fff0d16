import { expect } from 'vitest';
import { leadershipMachine } from '../../../src/machines/supervision/leadership.machine.ts';
import type { Claimed, Leader } from '../../../src/domain/ports/upkeep/leadership.ts';
import type { ModelSetup } from '../../support/model.ts';

const US: Leader = { epoch: 7, name: 'here:1', url: 'http://here:8390', sinceS: 1_800_000_000 };
const OTHER: Leader = { epoch: 6, name: 'there:1', url: 'http://there:8390', sinceS: 1_700_000_000 };

const leadership: ModelSetup<typeof leadershipMachine> = {
  machine: leadershipMachine,
  input: {
    shared: true,
    lookMs: 1_000,
    renewMs: 2_000,
    restMs: 15_000,
    backoff: { minMs: 500, capMs: 5_000 },
    random: () => 0.5,
  },
  outputs: {
    standDown: [undefined],
    claim: [
      { leads: true, leader: US, heldMs: 9_000 },
      { leads: false, leader: OTHER },
      { leads: false, leader: null },
      // Read too late.
      { leads: true, leader: US, heldMs: 0 },
    ],
    renew: [{ held: true, heldMs: 9_000 }, { held: false }, { held: true, heldMs: 0 }],
    release: [undefined],
  },
  fails: ['standDown', 'claim', 'renew', 'release'],
  delays: {
    lookInterval: [1_000, 1_000],
    renewInterval: [2_000, 2_000],
    tenureEnd: [9_000, 9_000],
    restTime: [15_000, 15_000],
    retryBackoff: [250, 5_000],
  },
  stop: { type: 'stop' },
  home: ['leader.holding'],
  key: ({ attempt, leader }) => [attempt > 0, leader?.epoch],
  check({ event, value, previous, context, before, running, news, history, done }) {
    const slot = {
      'candidate.standingDown': 'standDown',
      'candidate.claiming': 'claim',
      'leader.renewing': 'renew',
      'yielding.standingDown': 'standDown',
      'yielding.releasing': 'release',
      closing: 'release',
    }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);
    const started = history.lastIndexOf('do startElected');
    const ended = history.lastIndexOf('end standDown');
    if (news.includes('do startElected'))
      expect(event, 'only with the lease').toMatchObject({ output: { leads: true, heldMs: 9_000 } });
    if (news.includes('start claim')) {
      expect(ended, 'what was elected before has ended').toBeGreaterThan(started);
    }
    if (value.startsWith('leader')) {
      expect(started).toBeGreaterThan(ended);
      expect(context.leader, 'it knows that it leads').toEqual(US);
    }
    if (previous?.startsWith('leader') === true && !value.startsWith('leader')) {
      expect(['candidate.standingDown', 'yielding.standingDown', 'closing']).toContain(value);
      if (value.startsWith('candidate')) expect(news, 'it is told').toContain('do reportLost');
    }
    if (value === 'yielding.releasing') expect(ended, 'the lease is free last').toBeGreaterThan(started);
    if (event.type.startsWith('xstate.error') && /claiming|renewing/.test(previous ?? ''))
      expect(context.lastError, 'why is told').toBe((event.error as Error).message);
    if (value === 'candidate.backingOff') expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
    if (event.type.startsWith('xstate.done') && previous === 'leader.renewing' && value === 'leader.holding')
      expect(news, 'its time begins anew').toContain('do xstate.cancel');
    if (event.type === 'leadership.yield') expect(value).toBe('yielding.standingDown');
    if (news.includes('do reportFollows')) {
      const answer = event.output as Claimed;
      expect(context.leader, 'who leads is told').toEqual(answer.leads ? null : answer.leader);
    }
    if (done) expect(history).toContain('event stop');
  },
};

const alone: ModelSetup<typeof leadershipMachine> = {
  ...leadership,
  input: { ...leadership.input, shared: false },
  home: ['alone'],
  check({ value, running, news }) {
    expect(['alone', 'closed']).toContain(value);
    expect(running, 'nothing is asked').toEqual([]);
    expect(news, 'children run without being told').not.toContain('do startElected');
  },
};

export const setups = [leadership, alone];
