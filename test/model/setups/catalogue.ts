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
  key: ({ due, attempt, rechecks }) => [due, attempt > 0, rechecks],
  check({ event, value, previous, context, before, running, history, done }) {
    const slot = { loading: 'loadCached', refreshing: 'refresh', releasing: 'releaseParked' }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);
    if (event.type.startsWith('xstate.error')) {
      expect(context.commodities, 'a failure leaves what is known in force').toBe(before?.commodities);
    }
    if (previous === 'loading' && 'output' in event) {
      const { commodities } = event.output as { readonly commodities: number };
      expect(value, 'what is known helps now').toBe(commodities > 0 ? 'releasing' : 'refreshing');
    }
    if (event.type.startsWith('xstate.done') && ['loading', 'refreshing'].includes(previous ?? '')) {
      const { commodities } = event.output as { readonly commodities: number };
      expect(context.commodities, 'how many are known').toBe(commodities);
    }
    const isEnd = event.type.startsWith('xstate.');
    if (previous === 'refreshing' && isEnd) {
      expect(value, 'growth releases what is parked').toBe('releasing');
    }
    if (event.type === 'catalogue.refresh') {
      const begins = value === 'refreshing' && previous !== 'refreshing';
      expect(begins || context.due, 'who wishes a refresh gets one that begins after it').toBe(true);
    }
    if (previous === 'releasing' && isEnd && before?.due === true) expect(value).toBe('refreshing');
    if (value === 'ready') expect(context.attempt).toBe(0);
    if (value === 'stale') expect(context.attempt).toBeGreaterThan(0);
    const isRecheck = event.type.startsWith('xstate.after.recheckInterval');
    if (isRecheck) {
      const isDue = recheckTimers(history) === RECHECKS;
      expect(value, 'refreshed in time, and not before').toBe(isDue ? 'refreshing' : 'releasing');
    }
    if (done) expect(event.type).toBe('stop');
  },
};

/** Since the refresh before the one that begins now, if one does. */
function recheckTimers(history: readonly string[]): number {
  const now = history.findLastIndex((entry) => entry.startsWith('event '));
  const before = history.slice(0, now + 1);
  const since = before.slice(before.lastIndexOf('start refresh') + 1);
  return since.filter((entry) => entry.startsWith('event xstate.after.recheckInterval')).length;
}

export const setups = [catalogue];
