import { expect } from 'vitest';
import { writerMachine, type WriteReport } from '../../../src/machines/market/writer.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const GONE: WriteReport = { status: 'unavailable', error: 'gone', refused: false };

const writer: ModelSetup<typeof writerMachine> = {
  machine: writerMachine,
  input: { gatherMs: 200, backoff: { minMs: 1_000, capMs: 60_000 }, random: () => 0.5 },
  outputs: {
    openStore: [{ status: 'done', left: 'none' }, GONE, { ...GONE, refused: true }],
    writeBatch: [
      { status: 'done', left: 'none' },
      { status: 'done', left: 'some' },
      { status: 'done', left: 'fullBatch' },
      GONE,
    ],
  },
  fails: ['openStore', 'writeBatch'],
  errors: ['gone'],
  delays: { gatherDelay: [200, 200], unavailableBackoff: [500, 60_000] },
  stop: { type: 'stop' },
  home: ['idle'],
  key: ({ attempt, quiesceAsked, stopAsked, workArrived, refusal }) => [
    attempt > 0,
    ...[quiesceAsked, stopAsked, workArrived, refusal],
  ],
  check({ value, previous, context, before, running, news, history, event, done, output }) {
    expect(running.length, 'one thing in flight').toBeLessThanOrEqual(1);
    if (context.quiesceAsked && previous !== 'paused' && !context.stopAsked) {
      expect(news, 'no write starts in a maintenance window').not.toContain('start writeBatch');
    }
    if (value === 'paused' && previous !== value) expect(news, 'says so').toContain('do reportQuiet');
    const lost = value === 'unavailable' && previous !== value;
    if (lost) expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
    else if (context.attempt === 0 && before !== null && before.attempt > 0) {
      expect(event.output, 'only a write that worked ends the backoff').toMatchObject({ status: 'done' });
      expect(previous).toBe('writing');
    }
    const works = previous === 'writing' && (event.output as WriteReport | undefined)?.status === 'done';
    if (works)
      expect(context, 'a write that worked ends the backoff').toMatchObject({ attempt: 0, lastError: null });
    if (done) {
      expect(value === 'refused' || history.includes('event stop'), 'never gives up by itself').toBe(true);
      expect(output).toEqual({ failure: value === 'refused' ? { kind: 'setup', reason: 'gone' } : null });
    }
  },
};

export const setups = [writer];
