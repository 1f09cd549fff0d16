import { expect } from 'vitest';
import { journalWatcherMachine } from '../../../src/machines/commanders/journal-watcher.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const progress = { files: 1, ofFiles: 2, bytes: 10, ofBytes: 20 };

const journalWatcher: ModelSetup<typeof journalWatcherMachine> = {
  machine: journalWatcherMachine,
  input: {
    ...{ pollMs: 1_000, gatherMs: 50, absentMs: 10_000 },
    ...{ backoff: { minMs: 1_000, capMs: 60_000 }, random: () => 0.5 },
  },
  outputs: { look: [{ files: 2, lines: 5, bytes: 99, problems: [] }, null] },
  fails: ['look'],
  delays: {
    pollInterval: [1_000, 1_000],
    gathering: [50, 50],
    absentInterval: [10_000, 10_000],
    retryBackoff: [500, 60_000],
  },
  stop: { type: 'stop' },
  home: ['tailing.waiting'],
  payloads: (type) => (type === 'scan.progressed' ? [progress] : undefined),
  key: ({ attempt, isAbsent, hasStirred, progress: read, looked }) => [
    ...[attempt > 0, isAbsent, hasStirred],
    ...[read !== null, looked !== null],
  ],
  check({ event, value, previous, context, before, running, inputs, news, done }) {
    const isTailing = value.startsWith('tailing');
    const looks = value === 'scanning' || value === 'tailing.looking';
    expect([...running].sort(), 'one look at a time, and a notice beside it').toEqual([
      ...(looks ? ['look'] : []),
      ...(isTailing ? ['notice'] : []),
    ]);
    if (news.includes('start look'))
      expect(inputs.look, 'first everything, then what is new').toEqual({ everything: value === 'scanning' });
    if (event.output !== null && previous === 'scanning' && value.startsWith('tailing'))
      expect(context.looked, 'what was read is told').toEqual(event.output);
    if (value === 'tailing.waiting' && previous === 'tailing.looking') {
      expect(before?.hasStirred, 'what stirred meanwhile is looked at').toBe(false);
    }
    if (event.output === null && !done) {
      expect(value).toBe('absent');
      expect(news.includes('do reportAbsent'), 'told once').toBe(before?.isAbsent === false);
    }
    if (value === 'backingOff' && previous !== value) {
      expect(context).toMatchObject({ attempt: (before?.attempt ?? 0) + 1, lastError: 'look failed' });
      expect(news).toContain('do reportFailure');
    }
    if (isTailing)
      expect(context, 'what was read ends all trouble').toMatchObject({
        attempt: 0,
        isAbsent: false,
        lastError: null,
      });
    if (event.type === 'scan.progressed' && value === 'scanning')
      expect(context.progress).toMatchObject(progress);
    if (done) expect(event.type, 'given up never').toBe('stop');
  },
};

export const setups = [journalWatcher];
