import { expect } from 'vitest';
import { outboxMachine } from '../../../src/machines/publishing/outbox.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const outbox: ModelSetup<typeof outboxMachine> = {
  machine: outboxMachine,
  input: {
    enabled: true,
    startMs: 500,
    gatherMs: 50,
    lookMs: 1_000,
    backoff: { minMs: 500, capMs: 30_000 },
    random: () => 0.5,
  },
  outputs: {
    tell: [
      { changes: 0, refill: null },
      { changes: 2, refill: null },
      { changes: 1, refill: 'trimmed' },
    ],
    fill: [3],
  },
  fails: ['tell', 'fill'],
  delays: {
    startDelay: [500, 500],
    gatherTime: [50, 50],
    lookInterval: [1_000, 1_000],
    retryBackoff: [250, 30_000],
  },
  stop: { type: 'stop' },
  home: ['waiting'],
  key: ({ attempt, isPoked, refill }) => [attempt > 0, isPoked, refill],
  check({ event, value, previous, context, before, running, inputs, news, done }) {
    const slot = { telling: 'tell', filling: 'fill' }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);
    if (news.includes('start fill')) {
      expect(previous, 'it is filled when following has shown that it must be').toBe('telling');
      expect(context.refill).toBe('trimmed');
      expect(inputs.fill).toEqual({ reason: 'trimmed' });
      expect(news).toContain('do reportRefill');
    }
    if (previous === 'filling' && value !== previous && !done && value !== 'backingOff')
      expect(value, 'what was written meanwhile is told').toBe('telling');
    if (news.includes('do reportFilled'))
      expect([context.marketsFilled, context.attempt, context.lastError]).toEqual([3, 0, null]);
    if (event.type.startsWith('xstate.done') && previous === 'telling') {
      const { changes } = (event as unknown as { output: { changes: number } }).output;
      expect(context.changesTold, 'what it told is counted').toBe((before?.changesTold ?? 0) + changes);
    }
    if (event.type === 'market.written' && previous === 'waiting') expect(value).toBe('gathering');
    if (value === 'waiting') {
      expect(context.isPoked, 'what was written while it was told is told next').toBe(false);
      expect(context.attempt, 'a success ends the backoff').toBe(0);
    }
    if (value === 'backingOff' && previous !== value) {
      expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
      expect(news).toContain('do reportFailure');
    }
    if (done) expect(event.type).toBe('stop');
  },
};

const off: ModelSetup<typeof outboxMachine> = {
  ...outbox,
  input: { ...outbox.input, enabled: false },
  home: ['idle'],
  check({ running }) {
    expect(running, 'nothing is done').toEqual([]);
  },
};

export const setups = [outbox, off];
