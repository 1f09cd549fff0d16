import { expect, test } from 'vitest';
import {
  beginsAgain,
  defaultMaxRestarts,
  describeJob,
  describeWork,
  goesOn,
  newJob,
  restartDelayMs,
  takenUp,
  type Job,
} from '../../src/domain/jobs/job.ts';

const NOON_S = 1_764_331_200;
const MADE = { id: 'a', home: '/data', madeAtS: NOON_S };
const WORK = { kind: 'backfill', from: '2026-11-01', to: '2026-11-28' } as const;
const FRESH = newJob({ work: WORK, restart: 'no', maxRestarts: null }, MADE);

test('a job that was made is about to start, and nothing is said of it yet', () => {
  expect(FRESH).toEqual({
    ...{ ...MADE, work: WORK, restart: 'no', maxRestarts: null },
    ...{ state: 'starting', restarts: 0, startedAtS: null, endedAtS: null, exitCode: null, reason: null },
  });
});

test('one that begins again after failures does so five times, all others without end', () => {
  expect(defaultMaxRestarts('on-failure')).toBe(5);
  for (const restart of ['no', 'always', 'unless-stopped'] as const)
    expect(defaultMaxRestarts(restart)).toBeNull();
});

test('each beginning waits twice as long as the one before, a minute at most', () => {
  const waitsS = [0, 1, 2, 3, 7, 8, 1000].map((restarts) => restartDelayMs({ restarts }) / 1000);
  expect(waitsS).toEqual([1, 1, 2, 4, 60, 60, 60]);
});

test.each([
  ['no', 1, false],
  ['on-failure', 0, false],
  ['on-failure', 1, true],
  // A signal ended it.
  ['on-failure', null, true],
  ['always', 0, true],
  ['always', 1, true],
  ['unless-stopped', 0, true],
] as const)('of the policy %s one that ended with %j begins again: %s', (restart, exitCode, again) => {
  expect(beginsAgain({ ...FRESH, restart }, { exitCode, reason: '' })).toBe(again);
});

test('one begins again as often as was ordered', () => {
  const begun = (restarts: number, maxRestarts: number | null) =>
    beginsAgain({ ...FRESH, restart: 'always', restarts, maxRestarts }, { exitCode: 1, reason: '' });
  expect([begun(2, 3), begun(3, 3), begun(4, 3), begun(0, 0), begun(1000, null)]).toEqual([
    ...[true, false, false, false, true],
  ]);
});

test.each([
  ['stopped', { no: false, 'on-failure': false, always: true, 'unless-stopped': false }],
  ['failed', { no: false, 'on-failure': false, always: true, 'unless-stopped': true }],
  ['running', { no: true, 'on-failure': true, always: true, 'unless-stopped': true }],
] as const)('whether one that was %s goes on in the next life of the daemon: %j', (state, expected) => {
  for (const restart of ['no', 'on-failure', 'always', 'unless-stopped'] as const)
    expect(goesOn({ ...FRESH, state, restart }), restart).toBe(expected[restart]);
});

test('the next life of the daemon takes up what was cut off with its restarts, what had ended as if it were new', () => {
  const met: Job = {
    ...FRESH,
    restarts: 3,
    startedAtS: NOON_S,
    endedAtS: NOON_S + 1,
    exitCode: 1,
    reason: 'x',
  };
  expect(takenUp({ ...met, state: 'running' }, NOON_S + 9)).toEqual({ ...met, state: 'starting' });
  for (const state of ['stopped', 'failed'] as const)
    expect(takenUp({ ...met, state }, NOON_S + 9)).toEqual({
      ...{ ...met, state: 'starting', restarts: 0, endedAtS: null },
    });
});

test('what was asked to stop has stopped with the daemon', () => {
  expect(takenUp({ ...FRESH, state: 'stopping', startedAtS: NOON_S }, NOON_S + 9)).toEqual({
    ...{ ...FRESH, state: 'stopped', startedAtS: NOON_S, endedAtS: NOON_S + 9 },
    reason: 'stopped, and the daemon with it',
  });
});

test('programs are told times in ISO 8601, and nothing of the folder it is kept for', () => {
  expect(describeJob({ ...FRESH, startedAtS: NOON_S + 1 })).toEqual({
    ...{ id: 'a', state: 'starting', work: WORK, restart: 'no', maxRestarts: null, restarts: 0 },
    ...{ exitCode: null, reason: null, madeAt: '2025-11-28T12:00:00.000Z' },
    ...{ startedAt: '2025-11-28T12:00:01.000Z', endedAt: null },
  });
});

test.each([
  [WORK, 'backfill 2026-11-01 to 2026-11-28'],
  [{ kind: 'replay', files: ['/a', '/b'], again: false }, 'replay /a /b'],
  [{ kind: 'replay', files: ['/a'], again: true }, 'replay /a --again'],
] as const)('work is told in a few words', (work, words) => {
  expect(describeWork(work)).toBe(words);
});
