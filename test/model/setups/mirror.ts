import { expect } from 'vitest';
import { mirrorMachine } from '../../../src/machines/publishing/mirror.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const mirror: ModelSetup<typeof mirrorMachine> = {
  machine: mirrorMachine,
  input: { enabled: true, lookMs: 2_000, backoff: { minMs: 1_000, capMs: 30_000 }, random: () => 0.5 },
  outputs: { fetch: [[], ['listings.csv']] },
  fails: ['fetch'],
  delays: { lookInterval: [2_000, 2_000], retryBackoff: [500, 30_000] },
  stop: { type: 'stop' },
  home: ['waiting'],
  key: ({ attempt, fetched }) => [attempt > 0, fetched.length],
  check({ event, value, previous, context, before, running, news, done }) {
    expect(running, 'one look at a time').toEqual(value === 'fetching' ? ['fetch'] : []);
    if (value === 'waiting') expect(context.attempt, 'a success ends the backoff').toBe(0);
    if (previous === 'fetching' && value === 'waiting') expect(news).toContain('do reportFetched');
    if (value === 'backingOff' && previous !== value) {
      expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
      expect(news, 'it is told').toContain('do reportFailure');
    }
    if (done) expect(event.type).toBe('stop');
  },
};

const off: ModelSetup<typeof mirrorMachine> = {
  ...mirror,
  input: { ...mirror.input, enabled: false },
  home: ['idle'],
  check({ running }) {
    expect(running, 'nothing is done').toEqual([]);
  },
};

export const setups = [mirror, off];
