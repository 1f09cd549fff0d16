import { expect } from 'vitest';
import { catalogueMachine } from '../../../src/machines/galaxy/catalogue.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const RECHECKS = 3;

const catalogue: ModelSetup<typeof catalogueMachine> = {
  machine: catalogueMachine,
  input: {
    refreshMs: RECHECKS * 600_000,
    recheckMs: 600_000,
    backoff: { minMs: 5_000, capMs: 3_600_000 },
    random: () => 0.5,
  },
  outputs: {
    loadCached: [
      { commodities: 300, changed: true },
      { commodities: 0, changed: false },
    ],
    refresh: [{ commodities: 400, changed: true }],
    releaseParked: [0],
  },
  fails: ['loadCached', 'refresh', 'releaseParked'],
  delays: { recheckInterval: [600_000, 600_000], refreshBackoff: [2_500, 3_600_000] },
  stop: { type: 'stop' },
  home: ['ready'],
  key: ({ asked, attempt, rechecks }) => [asked, attempt > 0, rechecks],
  check({ event, value, previous, context, before, running, history, done }) {
    const slot = { loading: 'loadCached', refreshing: 'refresh', releasing: 'releaseParked' }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);
    if (event.type.startsWith('xstate.error')) {
      expect(context.commodities, 'a failure leaves what is known in force').toBe(before?.commodities);
    }
    if (previous === 'refreshing' && !done) expect(value, 'growth releases what is parked').toBe('releasing');
    if (value === 'ready') expect(context.attempt).toBe(0);
    if (value === 'stale') expect(context.attempt).toBeGreaterThan(0);
    const lastRefresh = history.findLastIndex((entry) => entry === 'start refresh');
    const rechecks = history.slice(lastRefresh + 1).filter((entry) => entry === 'do countRecheck');
    expect(rechecks.length, 'refreshed in time').toBeLessThan(RECHECKS);
    if (done) expect(event.type).toBe('stop');
  },
};

export const setups = [catalogue];
