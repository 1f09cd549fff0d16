import { describe, expect, test } from 'vitest';
import { reportJob } from '../../src/actors/job/reporter.ts';
import { FolderReporter } from '../../src/actors/journal-watcher/reporter.ts';
import { reportPatrol } from '../../src/actors/patrol/reporter.ts';
import { reportTour } from '../../src/actors/scout-tour/reporter.ts';
import { WriterReporter } from '../../src/actors/writer/reporter.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { KeptPatrol } from '../../src/domain/ports/commanders/patrols.ts';
import type { ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { recordingLog } from '../support/child-world.ts';

describe('of a job', () => {
  const job: Job = {
    ...{ id: 'abc', home: 'here', state: 'starting', restart: 'always', maxRestarts: null, restarts: 0 },
    ...{ madeAtS: 0, startedAtS: null, endedAtS: null, exitCode: null, reason: null },
    work: { kind: 'backfill', from: '2026-01-01', to: '2026-01-02' },
  };

  test.each([
    [{}, 'info', 'backfill 2026-01-01 to 2026-01-02 waits for its turn'],
    [
      { reason: 'ended with exit code 1', restarts: 3 },
      'info',
      'ended with exit code 1; begins again in 4 s (restart 3)',
    ],
    [{ state: 'running' }, 'info', 'backfill 2026-01-01 to 2026-01-02'],
    [{ state: 'stopping' }, 'info', 'is being stopped'],
    [{ state: 'stopped', reason: 'done', exitCode: 0 }, 'info', 'stopped: done'],
    [{ state: 'failed', reason: 'out of memory', exitCode: 1 }, 'warn', 'failed: out of memory'],
  ] as const)('each state is told, and written to its own log: %o', (what, level, line) => {
    const { log, lines } = recordingLog();
    const own: unknown[] = [];
    const now = { ...job, ...what };
    reportJob(log, { append: (id, appended) => void own.push([id, appended]) }, now);
    const { state, restarts, exitCode } = now;
    expect(lines).toEqual([[level, `job abc: ${line}`, { job: 'abc', state, restarts, exitCode }]]);
    expect(own).toEqual([['abc', { level, msg: line }]]);
  });
});

describe('of a patrol', () => {
  const look = { markets: 9, overdue: 1, late: 2, unlisted: 3, needed: 2, able: 1 };
  const patrol = (state: string, changed: object = {}) =>
    ({
      order: { name: 'p', about: 'around Sol', maxAgeS: 7_200 },
      state,
      look: { ...look, ...changed },
    }) as unknown as KeptPatrol;

  test.each([
    [
      'short',
      {},
      'warn',
      'short, of 9 markets around Sol 1 older than 2h, 2 will be, nobody is sent to 3; commanders: 2 needed, 1 there',
    ],
    [
      'kept',
      {},
      'info',
      'kept, none of 9 markets around Sol is older than 2h; commanders: 2 needed, 1 there',
    ],
    ['kept', { needed: null }, 'info', 'kept, none of 9 markets around Sol is older than 2h'],
    ['done', {}, 'info', 'done, none of 9 markets around Sol is older than 2h'],
  ] as const)('that is %s (%o) it is told what that means', (state, changed, level, line) => {
    const { log, lines } = recordingLog();
    reportPatrol(log, patrol(state, changed));
    expect(lines).toEqual([[level, `patrol p: ${line}`, { patrol: 'p', state, ...look, ...changed }]]);
  });

  test('nothing before it has looked', () => {
    const { log, lines } = recordingLog();
    reportPatrol(log, { ...patrol('kept'), look: null });
    expect(lines).toEqual([]);
  });
});

describe('of a tour', () => {
  const market = (doneAtS: number | null) => ({ doneAtS, assignments: [] });
  const tour = (state: string, changed: object = {}) =>
    ({
      ...{ id: 't', state, markets: [market(null), market(5)], plan: { seconds: 600 } },
      ...{
        commanders: [
          { name: 'A', leftAtS: null },
          { name: 'B', leftAtS: null },
          { name: 'C', leftAtS: 1 },
        ],
      },
      ...{ failure: null, madeAtS: 60, endedAtS: 360, ...changed },
    }) as unknown as ScoutTour;

  test.each([
    ['planning', {}, 'info', 'is being planned'],
    ['offered', {}, 'info', '1 markets for A, B, 10 min'],
    ['offered', { plan: null }, 'info', '1 markets for A, B, 0 min'],
    ['underway', {}, 'info', '1 of 2 markets open, 10 min to fly when it was planned last'],
    ['finished', {}, 'info', 'all 2 markets seen after 5 min'],
    ['failed', { failure: 'no way' }, 'warn', 'not planned: no way'],
    ['withdrawn', {}, 'info', 'withdrawn with 1 of 2 markets open'],
  ])('that is %s (%o) it is told what that means', (state, changed, level, line) => {
    const { log, lines } = recordingLog();
    reportTour(log, tour(state, changed));
    expect(lines).toEqual([[level, `tour t: ${line}`, { tour: 't', state, markets: 2, open: 1 }]]);
  });
});

describe('of a journal folder', () => {
  const look = { files: 2, lines: 30, bytes: 400, problems: [] };
  const mb = 1_000_000;

  test('that it is followed, and what cannot be read, once each', () => {
    const { log, lines, texts } = recordingLog();
    const reporter = new FolderReporter(log, '/j');
    reporter.absent();
    reporter.failed(null);
    reporter.failed('away');
    reporter.scanned(look);
    reporter.failed('away');
    for (const problems of [[], ['a: broken'], ['a: broken'], ['a: broken', 'b: gone'], []])
      reporter.problems({ ...look, problems });
    expect(texts()).toEqual([
      'warn journals: there is no folder /j; it is looked for again',
      'warn journals: not read; it is tried again',
      'info journals: /j is followed: 2 files, 30 new lines',
      'warn journals: away; it is tried again',
      'warn journals: not read in /j, tried again: a: broken',
      'warn journals: not read in /j, tried again: a: broken; b: gone',
      'info journals: all files in /j can be read again',
    ]);
    expect(lines[2]?.[2]).toEqual({ folder: '/j', files: 2, lines: 30, bytes: 400 });
    expect(lines[5]?.[2]).toEqual({ folder: '/j', problems: ['a: broken', 'b: gone'] });
    expect(lines.map(([, , { folder }]) => folder)).toEqual(Array.from({ length: 7 }, () => '/j'));
  });

  test('every tenth of a large first reading, none of a small one, and again of the next', () => {
    const { log, lines } = recordingLog();
    const reporter = new FolderReporter(log, '/j');
    const progress = (bytes: number, ofBytes: number) =>
      reporter.progress({ files: 1, ofFiles: 2, bytes, ofBytes });
    progress(20 * mb, 50 * mb - 1);
    progress(0, 0);
    for (const bytes of [0, 4, 5, 9, 10, 30, 50]) progress(bytes * mb, 50 * mb);
    reporter.scanned(look);
    progress(5 * mb, 50 * mb);
    expect(lines.map(([, text]) => text).filter((text) => text.includes('%'))).toEqual([
      'journals: 10 % of 50 MB in /j read',
      'journals: 20 % of 50 MB in /j read',
      'journals: 60 % of 50 MB in /j read',
      'journals: 100 % of 50 MB in /j read',
      'journals: 10 % of 50 MB in /j read',
    ]);
    expect(lines[0]?.[2]).toEqual({ folder: '/j', files: 1, ofFiles: 2, bytes: 5 * mb, ofBytes: 50 * mb });
  });
});

describe('of the database', () => {
  const info = { description: 'SQLite /x', generation: 'v12', created: false };

  test('what it is, that it is gone, and that it is back', () => {
    const { log, lines } = recordingLog();
    const reporter = new WriterReporter(log);
    reporter.opened(info as never);
    reporter.available({ attempt: 0, lastError: null });
    reporter.unavailable({ attempt: 1, lastError: 'locked' });
    reporter.unavailable({ attempt: 2, lastError: 'locked' });
    reporter.opened(info as never);
    reporter.available({ attempt: 2, lastError: 'locked' });
    reporter.opened({ ...info, created: true } as never);
    expect(lines).toEqual([
      ['info', 'database: SQLite /x (v12)', info],
      ['error', 'database not available, snapshots go to the spool: locked', { attempt: 1, error: 'locked' }],
      ['info', 'database available again after 2 attempts', { attempts: 2 }],
      ['info', 'database: SQLite /x (v12, new)', { ...info, created: true }],
    ]);
  });

  test('each reason for which it refuses a market once, and no more than a hundred', () => {
    const { log, lines } = recordingLog();
    const reporter = new WriterReporter(log);
    const refuse = (refusal?: string) =>
      reporter.refused({ status: 'done', left: 'none', ...(refusal !== undefined && { refusal }) });
    refuse();
    reporter.refused({ status: 'unavailable', error: 'gone', refused: false });
    refuse('a trigger');
    refuse('a trigger');
    expect(lines).toEqual([
      [
        'warn',
        'the database refuses some markets, each is tried again and then parked; told once a reason: a trigger',
        { reason: 'a trigger' },
      ],
    ]);
    const letters = 'abcdefghijklm';
    for (const first of letters) for (const second of letters) refuse(`because of ${first}${second}`);
    expect(lines).toHaveLength(100);
  });
});
