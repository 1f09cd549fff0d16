import { expect } from 'vitest';
import { historianMachine } from '../../../src/machines/publishing/historian.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const DAY = 20_785;

const historian: ModelSetup<typeof historianMachine> = {
  machine: historianMachine,
  input: {
    enabled: true,
    startMs: 1_000,
    lookMs: 1_000,
    backoff: { minMs: 1_000, capMs: 60_000 },
    random: () => 0.5,
  },
  outputs: {
    removeOld: [undefined],
    follow: [{ dueDay: null }, { dueDay: DAY }],
    closeDay: [{ day: DAY, gap: null, isClosed: true, changes: 1, unseen: 0, bytes: 1 }],
  },
  fails: ['removeOld', 'follow', 'closeDay'],
  delays: { startDelay: [1_000, 1_000], lookInterval: [1_000, 1_000], retryBackoff: [500, 60_000] },
  stop: { type: 'stop' },
  home: ['waiting'],
  key: ({ attempt, dueDay }) => [attempt > 0, dueDay],
  check({ event, value, previous, context, before, running, inputs, news, done }) {
    const slot = { removing: 'removeOld', following: 'follow', closing: 'closeDay' }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);
    if (news.includes('start closeDay')) {
      expect(previous, 'a day is closed when the log has been read beyond it').toBe('following');
      expect(context.dueDay).toBe(DAY);
      expect(inputs.closeDay).toEqual({ day: DAY });
    }
    if (previous === 'closing' && value === 'removing') {
      expect(news).toContain('do reportClosed');
      expect(context.closed, 'what was closed is told').toEqual(event.output);
    }
    if (value === 'waiting') {
      expect(context.attempt, 'a success ends the backoff').toBe(0);
      expect(context.dueDay, 'no day waits').toBeNull();
    }
    if (value === 'backingOff' && previous !== value) {
      expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
    }
    if (done) expect(event.type).toBe('stop');
  },
};

const off: ModelSetup<typeof historianMachine> = {
  ...historian,
  input: { ...historian.input, enabled: false },
  home: ['idle'],
  check({ running }) {
    expect(running, 'nothing is done').toEqual([]);
  },
};

export const setups = [historian, off];
