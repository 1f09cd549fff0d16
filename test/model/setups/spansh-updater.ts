import { expect } from 'vitest';
import type { AnyEventObject, ContextFrom } from 'xstate';
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

interface End {
  readonly event: AnyEventObject;
  readonly value: string;
  readonly previous: string;
  readonly context: ContextFrom<typeof spanshUpdaterMachine>;
  readonly before: ContextFrom<typeof spanshUpdaterMachine>;
}

/** What follows the end of a step. */
function checkEnd({ event, value, previous, context, before }: End): void {
  if (previous === 'publishing') expect(context.asked, 'done once').toBe(false);
  if (previous === 'checking') {
    const { changed } = event.output as { readonly changed: boolean };
    expect(value, 'only what is new is fetched').toBe(changed ? 'downloading' : 'idle');
    if (!changed) expect(context.checkInMs).toBe(context.intervalMs);
  }
  if (previous !== 'planning') return;
  const { step, opensInMs } = event.output as { readonly step: string; readonly opensInMs: number };
  if (value in SLOT_OF) {
    expect(opensInMs, 'in its hours only').toBe(0);
    expect(SLOT_OF[value], 'what is next').toMatch(new RegExp(`^${step}`));
  }
  if (value === 'idle') expect(step, 'only a check can wait').toBe('check');
  if (value === 'paused') expect([before.quiesced, step === 'check']).toEqual([true, false]);
  if (value === 'disabled')
    expect(before.asked && step === 'publish', 'what was asked for is done').toBe(false);
  if (value === 'disabled') expect(['demote', 'importGiven'], 'what was begun is done').not.toContain(step);
}

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
    payloads: (type) => (type === 'interval.changed' ? [{ intervalMs: 43_200_000 }] : undefined),
    key: ({ attempt, quiesced, checkInMs, asked, intervalMs }) => [
      ...[attempt > 0, quiesced, checkInMs, asked, intervalMs],
    ],
    check({ event, value, previous, context, before, running, inputs, news, done }) {
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
      if (before === null) expect(context).toMatchObject({ quiesced: false, asked: false });
      if (news.includes('start plan')) expect(inputs.plan).toEqual({ asked: context.asked });
      if (event.type.startsWith('xstate.after.startDelay'))
        expect(value === 'planning', 'it begins by itself').toBe(
          mode === 'normal' || (mode === 'disabled' && context.asked),
        );
      if (event.type.startsWith('database.')) expect(context.quiesced).toBe(event.type.endsWith('quiesce'));
      if (event.type === 'interval.changed' && value !== 'closed') {
        expect(context.intervalMs).toBe(event.intervalMs);
        expect(context.checkInMs, 'it counts at once').toBeLessThanOrEqual(context.intervalMs);
        expect(context.checkInMs).toBeLessThanOrEqual(before?.checkInMs ?? 0);
      }
      if (event.type.startsWith('xstate.done') && previous !== null && SLOT_OF[previous] !== undefined)
        checkEnd({ event, value, previous, context, before: before! });
      if (previous === 'idle' && event.type.startsWith('xstate.after.'))
        expect(context.checkInMs, 'time passes').toBe(Math.max(0, (before?.checkInMs ?? 0) - context.lookMs));
      if (event.type.startsWith('xstate.error') && value === 'backingOff')
        expect(context.lastError).toBe((event.error as Error).message);
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
