import { expect } from 'vitest';
import type { Snapshot } from '../../../src/domain/market/snapshot.ts';
import { stationCoalescerMachine } from '../../../src/machines/market/station-coalescer.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const MAX_FAILURES = 3;

const observed = (observedAtS: number): Snapshot => ({
  marketId: 1,
  systemName: 'Sol',
  stationName: 'Galileo',
  observedAtS,
  receivedAtMs: 0,
  rows: new Int32Array(0),
});

const stationCoalescer: ModelSetup<typeof stationCoalescerMachine> = {
  machine: stationCoalescerMachine,
  input: {
    snapshot: observed(1_000),
    backoff: { minMs: 250, capMs: 30_000 },
    maxFailures: MAX_FAILURES,
    random: () => 0.5,
  },
  delays: { deferralBackoff: [125, 30_000] },
  // A station has no `stop`: it is told to hurry, and ends with the writer's answer.
  stop: { type: 'flush' },
  home: ['written'],
  payloads(type, { newest }) {
    if (type === 'write.committed') return [{ outcome: 'written' }, { outcome: 'stale' }];
    if (type === 'write.rejected') return [{ reason: 'nonsense' }];
    if (type !== 'snapshot.observed') return undefined;
    return [-1, 0, 1].map((later) => ({ snapshot: observed(newest.observedAtS + later) }));
  },
  answer(value) {
    if (value === 'pending') return { type: 'write.started' };
    return value === 'writing' ? { type: 'write.committed', outcome: 'written' } : null;
  },
  key: ({ newest, inFlight, attempt, failures }) => [
    inFlight === null ? null : newest === inFlight,
    attempt > 0,
    // A newer snapshot that waited gets its own try: then they may be more.
    Math.min(failures, MAX_FAILURES - 1),
  ],
  check({ event, value, previous, context, before, history, news, done }) {
    const { newest, inFlight, attempt, failures } = context;
    if (before !== null) {
      const offered = event.type === 'snapshot.observed' ? (event.snapshot as Snapshot) : before.newest;
      const newer = offered.observedAtS >= before.newest.observedAtS;
      expect(newest, 'the newest observation wins').toBe(newer ? offered : before.newest);
    }
    if (!done) expect(inFlight !== null, 'in flight while writing').toBe(value === 'writing');

    const count = (entry: string) => history.filter((past) => past === entry).length;
    const entered = 1 + count('event snapshot.observed');
    const counted = ['countSuperseded', 'countCommitted', 'countRejected', 'park'].map((to) =>
      count(`do ${to}`),
    );
    const waiting = done ? 0 : inFlight === null || inFlight === newest ? 1 : 2;
    expect(counted.reduce((a, b) => a + b) + waiting, 'counted exactly once').toBe(entered);

    expect(failures).toBeLessThanOrEqual(attempt);
    if (before !== null && !done) {
      const { attempt: attempts, failures: failed } = before;
      const expected: Record<string, readonly [attempt: number, failures: number]> = {
        'write.failed': [attempts + 1, failed + 1],
        'write.contended': [attempts + 1, failed],
        'write.committed': [0, 0],
        'write.rejected': [0, 0],
        'write.unknownSystem': [0, 0],
      };
      const counts = expected[event.type] ?? [attempts, failed];
      expect([attempt, failures], 'an answer counts, or ends the counting').toEqual(counts);
    }
    if (event.type === 'snapshot.observed') {
      expect(attempt, 'a newer snapshot does not reset the backoff').toBe(before?.attempt);
      expect(value, 'nor does it end it').toBe(previous);
    }
    if (event.type === 'write.contended') expect(value, 'never dropped for contention').toBe('deferred');
    if (news.includes('do requestWrite')) expect(value).toBe('pending');
  },
};

export const setups = [stationCoalescer];
