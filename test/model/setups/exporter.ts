import { expect } from 'vitest';
import { exporterMachine } from '../../../src/machines/publishing/exporter.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const exporter: ModelSetup<typeof exporterMachine> = {
  machine: exporterMachine,
  input: {
    intervalMs: 300_000,
    firstMs: 2_000,
    backoff: { minMs: 1_000, capMs: 60_000 },
    random: () => 0.5,
  },
  outputs: {
    stage: [{ token: 1, rows: 10, stations: 2 }],
    publish: [
      { rows: 10, stations: 2, bytes: 100, changed: true },
      { rows: 0, stations: 0, bytes: 10, changed: true },
    ],
  },
  fails: ['stage', 'publish'],
  delays: { exportInterval: [240_000, 300_000], firstDelay: [2_000, 2_000], retryBackoff: [500, 60_000] },
  stop: { type: 'stop' },
  home: ['waiting.interval'],
  payloads: (type) => (type === 'interval.changed' ? [{ intervalMs: 240_000 }] : undefined),
  key: ({ attempt, staged, writtenSince, published, asked }) => [
    attempt > 0,
    staged,
    writtenSince,
    published === null,
    asked,
  ],
  check({ event, value, previous, context, before, running, inputs, news, history, done }) {
    const slot = { exporting: 'stage', publishing: 'publish' }[value];
    expect(running, 'one export at a time').toEqual(slot === undefined ? [] : [slot]);
    if (news.includes('start publish')) {
      expect(previous, 'only a file that was written whole is published').toBe('exporting');
      expect(event.output).toEqual(context.staged);
      expect(inputs.publish).toEqual(context.staged);
    }
    if (value === 'backingOff' && previous !== value)
      expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
    if (value.startsWith('waiting')) expect(context.attempt, 'a success ends the backoff').toBe(0);
    if (value === 'waiting.first') {
      expect(context.published?.rows, 'an empty file is public').toBe(0);
      const last = (entry: string) => history.findLastIndex((past) => past === entry);
      expect(last('start stage'), 'sees what was written').toBeGreaterThan(last('event market.written'));
    }
    if (value === 'waiting.interval')
      expect(context.published?.rows, 'an empty file waits for its first rows').not.toBe(0);
    if (news.includes('do reportPublished'))
      expect(context.published, 'what was published is told').toEqual(event.output);
    if (event.type === 'interval.changed' && !done) expect(context.intervalMs).toBe(event.intervalMs);
    if (value === 'paused' && previous !== value) expect(news, 'says so').toContain('do reportQuiet');
    if (event.type === 'publish.now' && previous?.startsWith('waiting') === true) {
      expect(value, 'now').toBe('exporting');
    }
    if (before?.asked === true && previous === 'publishing' && news.includes('do reportPublished')) {
      expect(value, 'who asked while a file was read gets another one').toBe('exporting');
    }
    if (done) expect(event.type).toBe('stop');
  },
};

export const setups = [exporter];
