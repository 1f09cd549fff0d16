import { expect } from 'vitest';
import { maintenanceWindowMachine } from '../../../src/machines/upkeep/maintenance-window.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const USERS = ['writer', 'exporter'];

const maintenanceWindow: ModelSetup<typeof maintenanceWindowMachine> = {
  machine: maintenanceWindowMachine,
  input: {
    users: USERS,
    quiesceMs: 60_000,
    deferMs: 60_000,
    backoff: { minMs: 300_000, capMs: 21_600_000 },
    random: () => 0.5,
  },
  outputs: {
    probe: [undefined],
    look: [
      { next: 'nothing', waitMs: 90 * 86_400_000 },
      { next: 'outsideHours', waitMs: 600_000 },
      { next: 'defer' },
      { next: 'begin', purge: true, optimize: false },
      { next: 'begin', purge: false, optimize: true },
      { next: 'begin', purge: true, optimize: true },
    ],
    isFree: [true, false],
    purge: [undefined],
    optimize: [undefined],
    tasksEnd: [undefined],
  },
  fails: ['probe', 'look', 'isFree', 'purge', 'optimize', 'tasksEnd'],
  errors: [
    'purge failed; optimize failed',
    ...['writer and exporter', 'writer', 'exporter'].map(
      (users) => `${users} did not let go of the database in 60 s`,
    ),
  ],
  delays: {
    // However far away: a timer takes no more than 2^31 ms.
    untilNext: [600_000, 3_600_000],
    deferral: [60_000, 60_000],
    quiesceTimeout: [60_000, 60_000],
    retryBackoff: [150_000, 21_600_000],
  },
  stop: { type: 'stop' },
  home: ['waiting'],
  payloads: (type) => (type === 'database.quiet' ? USERS.map((user) => ({ user })) : undefined),
  key: ({ quiet, purgeDue, optimizeDue, failed, attempt, waitMs }) => [
    USERS.filter((user) => quiet.includes(user)),
    purgeDue,
    optimizeDue,
    failed,
    attempt > 0,
    waitMs,
  ],
  check({ value, previous, context, before, running, news, history, event, done }) {
    const slot = {
      probing: 'probe',
      looking: 'look',
      'window.confirming': 'isFree',
      'window.purging': 'purge',
      'window.optimizing': 'optimize',
      'window.closing': 'tasksEnd',
    }[value];
    expect(running, 'one thing at a time').toEqual(slot === undefined ? [] : [slot]);

    const last = (entry: string) => history.findLastIndex((past) => past === entry);
    const began = last('do beginMaintenance');
    expect(began > last('do endMaintenance'), 'a window that was opened is closed').toBe(
      value.startsWith('window.'),
    );
    for (const task of ['purge', 'optimize']) {
      if (!news.includes(`start ${task}`)) continue;
      expect(context.quiet, 'everybody is quiet').toEqual(expect.arrayContaining(USERS));
      expect(last('end isFree'), 'and nobody imports').toBeGreaterThan(began);
    }
    if (news.includes('start purge')) expect(context.purgeDue).toBe(true);
    if (news.includes('start optimize')) {
      expect(context.optimizeDue).toBe(true);
      expect(context.purgeDue && last('end purge') < began, 'the purge comes first').toBe(false);
    }
    if (value === 'backingOff') expect(context.lastError).not.toBeNull();
    if (value === 'backingOff' && previous !== value)
      expect(context.attempt).toBe((before?.attempt ?? 0) + 1);
    if (before === null) expect(context).toMatchObject({ quiet: [], purgeDue: false, optimizeDue: false });
    if (news.includes('do beginMaintenance')) expect(context.quiet, 'nobody is quiet yet').toEqual([]);
    if (previous === 'window.quiescing' && value === 'backingOff') {
      const loud = USERS.filter((user) => before?.quiet.includes(user) !== true);
      expect(context.lastError, 'who is not').toMatch(new RegExp(`^${loud.join(' and ')} did`));
    }
    if (previous === 'window.confirming' && 'output' in event)
      expect(news.some((entry) => /^start (purge|optimize)/.test(entry))).toBe(event.output);
    if (value === 'waiting' && event.type !== 'settings.changed') expect(context.waitMs).toBeGreaterThan(0);
    if (done) expect(history.includes('event stop'), 'ends only when told').toBe(true);
  },
};

export const setups = [maintenanceWindow];
