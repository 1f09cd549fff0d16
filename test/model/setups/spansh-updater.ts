import { expect } from 'vitest';
import { spanshUpdaterMachine } from '../../../src/machines/galaxy/spansh-updater.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const SLOT_OF: Readonly<Record<string, string>> = {
  planning: 'plan',
  checking: 'check',
  downloading: 'download',
  importing: 'importDump',
  importingGiven: 'importGiven',
  publishing: 'publish',
  demoting: 'demote',
};

/** @param mode `quickTest` and `disabled` never touch a dump, and publish what they are asked to */
function spanshUpdater(mode: 'normal' | 'quickTest' | 'disabled'): ModelSetup<typeof spanshUpdaterMachine> {
  return {
    machine: spanshUpdaterMachine,
    input: {
      startMs: 1_000,
      intervalMs: 86_400_000,
      lookMs: 43_200_000,
      enabled: mode !== 'disabled',
      quickTestMs: mode === 'quickTest' ? 2_000 : null,
      backoff: { minMs: 60_000, capMs: 3_600_000 },
      random: () => 0.5,
    },
    outputs: {
      plan: (['check', 'import', 'importGiven', 'publish', 'demote'] as const).flatMap((step) =>
        [0, 7_200_000].map((opensInMs) => ({ step, opensInMs })),
      ),
      check: [{ changed: true }, { changed: false }],
      download: [undefined],
      importDump: [undefined],
      importGiven: [undefined],
      publish: [undefined],
      demote: [undefined],
    },
    fails: ['plan', 'check', 'download', 'importDump', 'importGiven', 'publish', 'demote'],
    delays: {
      lookInterval: [43_200_000, 43_200_000],
      untilOpen: [7_200_000, 7_200_000],
      startDelay: mode === 'quickTest' ? [2_000, 2_000] : [1_000, 1_000],
      retryBackoff: [30_000, 3_600_000],
    },
    stop: { type: 'stop' },
    home: mode === 'normal' ? ['idle'] : ['disabled'],
    payloads: (type) => (type === 'interval.changed' ? [{ intervalMs: 86_400_000 }] : undefined),
    key: ({ attempt, quiesced, checkInMs, asked }) => [attempt > 0, quiesced, checkInMs, asked],
    check({ event, value, previous, context, before, running, news, done }) {
      const slot = SLOT_OF[value];
      expect(running, 'one step at a time').toEqual(slot === undefined ? [] : [slot]);
      if (mode !== 'normal') {
        expect(['checking', 'downloading', 'importing'], 'what was not asked for').not.toContain(value);
        if (news.includes('start publish')) expect(context.asked, 'asked for').toBe(true);
      }
      if (event.type === 'publish.now' && value !== 'closed') expect(context.asked, 'is heard').toBe(true);
      if (before?.asked === true && !context.asked) expect(previous, 'until it is done').toBe('publishing');
      if (news.includes('start publish') || news.includes('start demote')) {
        expect(previous, 'only what is on disk says what is next').toBe('planning');
      }
      if (news.includes('start check')) expect(context.checkInMs, 'not before it is due').toBe(0);
      const begins =
        ['importing', 'importingGiven', 'publishing', 'demoting'].includes(value) && previous !== value;
      if (begins) expect(context.quiesced, 'nothing begins in a maintenance window').toBe(false);
      if (value === 'backingOff' && previous !== value) {
        expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
        expect(context.lastError).not.toBeNull();
      }
      if (previous === 'importingGiven') {
        expect(context.attempt, 'it is no failure of the source').toBe(before?.attempt);
      }
      if (event.type === 'import.now') {
        expect([
          'planning',
          'paused',
          'importing',
          'importingGiven',
          'publishing',
          'demoting',
          'closed',
        ]).toContain(value);
      }
      if (value === 'idle') expect(context.attempt).toBe(0);
      if (previous === 'downloading' && value === 'planning') {
        expect(context.attempt, 'fetched is not imported').toBe(before?.attempt);
      }
      if (news.includes('do refreshCatalogue'))
        expect(['importing', 'importingGiven', 'starting']).toContain(previous);
      if (done) expect(event.type).toBe('stop');
    },
  };
}

export const setups = [spanshUpdater('normal'), spanshUpdater('quickTest'), spanshUpdater('disabled')];
