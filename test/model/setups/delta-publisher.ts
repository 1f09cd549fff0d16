import { expect } from 'vitest';
import { deltaPublisherMachine } from '../../../src/machines/publishing/delta-publisher.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

function deltaPublisher(enabled: boolean): ModelSetup<typeof deltaPublisherMachine> {
  return {
    machine: deltaPublisherMachine,
    input: { enabled, startMs: 1_000, backoff: { minMs: 1_000, capMs: 300_000 }, random: () => 0.5 },
    outputs: {
      plan: [
        { due: null, restMs: 1_800_000 },
        { due: 'hourly', restMs: 1_800_000 },
        { due: 'daily', restMs: 1_800_000 },
      ],
      make: [undefined],
    },
    fails: ['plan', 'make'],
    delays: { startDelay: [1_000, 1_000], untilNext: [1_800_000, 1_800_000], retryBackoff: [500, 300_000] },
    stop: { type: 'stop' },
    home: enabled ? ['resting'] : ['disabled'],
    key: ({ attempt, due }) => [attempt > 0, due],
    check({ event, value, previous, context, before, running, inputs, news, done }) {
      const slot = { planning: 'plan', making: 'make' }[value];
      expect(running, 'one step at a time').toEqual(slot === undefined ? [] : [slot]);
      if (!enabled) expect(['starting', 'disabled', 'paused', 'closed']).toContain(value);
      if (news.includes('start make')) {
        expect(previous, 'only what is on disk says what is due').toBe('planning');
        expect(context.due).toBe((event as unknown as { output: { due: unknown } }).output.due);
        expect(inputs.make).toBe(context.due);
      }
      if (value === 'backingOff' && previous !== value) {
        expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
        expect(news).toContain('do reportFailure');
      }
      if (value === 'resting') expect(context.attempt, 'a success ends the backoff').toBe(0);
      if (event.type === 'database.quiesce' && !done) expect(news, 'says so').toContain('do reportQuiet');
      if (done) expect(event.type).toBe('stop');
    },
  };
}

export const setups = [deltaPublisher(true), deltaPublisher(false)];
