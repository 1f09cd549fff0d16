import { expect } from 'vitest';
import { beginsAgain, ENDED, newJob, RESTART_POLICIES, type Job } from '../../../src/domain/jobs/job.ts';
import { jobMachine } from '../../../src/machines/upkeep/job.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const NOW_S = 1_000;
const MAX_RESTARTS = 2;

const job = (restart: Job['restart']): Job =>
  newJob(
    { work: { kind: 'replay', files: ['/a'], again: false }, restart, maxRestarts: MAX_RESTARTS },
    { id: 'a', home: 'here', madeAtS: 0 },
  );

function setupOf(restart: Job['restart']): ModelSetup<typeof jobMachine> {
  return {
    machine: jobMachine,
    input: { job: job(restart), graceMs: 20_000, nowS: () => NOW_S },
    outputs: {
      process: [
        { exitCode: 0, reason: 'done' },
        { exitCode: 1, reason: 'ended with exit code 1' },
        { exitCode: null, reason: 'killed' },
      ],
    },
    fails: ['process'],
    delays: { restartDelay: [1_000, 60_000], grace: [20_000, 20_000] },
    stop: { type: 'stop' },
    home: ['stopped', 'failed'],
    answer: (value) => (value === 'starting.queued' ? { type: 'job.turn' } : null),
    key: ({ job: { restarts, state, startedAtS, endedAtS } }) => [restarts, state, startedAtS, endedAtS],
    check({ event, value, previous, context, before, news, history, running, done }) {
      const now = context.job;
      const isActive = value.startsWith('active.');
      expect(running, 'a process while it says so').toEqual(isActive ? ['process'] : []);
      expect(now.restarts, 'restarts').toBeLessThanOrEqual(MAX_RESTARTS);
      if (before !== null && now !== before.job) expect(news, 'a change is kept').toContain('do keep');
      const kept = news.indexOf('do keep');
      if (news.includes('do terminate') && value === 'active.stopping') {
        expect(kept, 'kept before anything else happens').toBeLessThan(news.indexOf('do terminate'));
      }
      if (value === 'starting.backingOff') {
        expect(previous).toBe('active.running');
        const end = { exitCode: now.exitCode, reason: now.reason ?? '' };
        expect(beginsAgain(before!.job, end), 'as its policy says').toBe(true);
        expect(now.restarts).toBe(before!.job.restarts + 1);
      }
      if (previous === 'active.stopping' && !isActive) expect(value, 'who stops it ends it').toBe('stopped');
      if (isActive) {
        expect(now.state).toBe(value === 'active.stopping' ? 'stopping' : 'running');
        expect(now).toMatchObject({ startedAtS: NOW_S, endedAtS: null, exitCode: null });
      }
      if (!done) return;
      if (value === 'closed') {
        expect(history).toContain('event stop');
        expect(ENDED.has(now.state), 'goes on in the next life').toBe(false);
        return;
      }
      expect(now).toMatchObject({ state: value, endedAtS: NOW_S });
      if (value === 'failed') expect(now.exitCode).not.toBe(0);
      else if (previous === 'active.running' || previous === 'active.closing') {
        expect(event, 'stopped by itself when done').toMatchObject({ output: { exitCode: 0 } });
      }
    },
  };
}

export const setups = RESTART_POLICIES.map(setupOf);
