import { beforeEach, describe, expect, test } from 'vitest';
import { MaintenanceReporter } from '../../src/actors/maintenance-window/reporter.ts';
import { SpanshReporter } from '../../src/actors/spansh-updater/reporter.ts';
import type { ImportResult } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { recordingLog } from '../support/child-world.ts';

const MIB = 2 ** 20;
const AT_MS = Date.UTC(2026, 0, 1, 12);

describe('of a dump', () => {
  const { log, lines, texts } = recordingLog();
  let nowMs = 0;
  let reporter = new SpanshReporter(log, () => nowMs, 30_000);

  beforeEach(() => {
    lines.length = 0;
    nowMs = AT_MS;
    reporter = new SpanshReporter(log, () => nowMs, 30_000);
  });

  test('which one it is, and whether it is of use', () => {
    const version = { source: 'http://x', lastModifiedS: 0, size: 5 };
    reporter.checked(version as never, 'is new');
    reporter.checked({ ...version, lastModifiedS: null } as never, 'was imported already');
    expect(lines).toEqual([
      [
        'info',
        'Spansh: the dump of 1970-01-01 00:00:00 UTC is new: http://x',
        { ...version, found: 'is new' },
      ],
      [
        'info',
        'Spansh: the dump was imported already: http://x',
        { ...version, lastModifiedS: null, found: 'was imported already' },
      ],
    ]);
  });

  test('how far a download is, every half minute, with its rate and what is left', () => {
    const download = (afterS: number, mib: number, totalMib: number | null = 100) => {
      nowMs = AT_MS + afterS * 1_000;
      const totalBytes = totalMib === null ? null : totalMib * MIB;
      reporter.downloading({ bytes: mib * MIB, totalBytes });
    };
    download(0, 10);
    download(29, 20);
    expect(lines).toEqual([]);
    download(30, 25);
    download(59, 30);
    download(60, 40);
    download(90, 50, null);
    expect(texts()).toEqual([
      'info Spansh: downloading, 25 % of 100 MiB, 0.5 MiB/s, 3 min left',
      'info Spansh: downloading, 40 % of 100 MiB, 0.5 MiB/s, 2 min left',
      'info Spansh: downloading, 50 MiB, 0.4 MiB/s',
    ]);
    expect(lines[0]?.[2]).toEqual({ bytes: 25 * MIB, totalBytes: 100 * MIB });
    lines.length = 0;
    // Begun anew, its rate is reckoned from there.
    download(100, 0);
    download(130, 0);
    expect(texts()).toEqual(['info Spansh: downloading, 0 MiB, 0.0 MiB/s']);
  });

  test('how far an import is, which begins anew after a download', () => {
    reporter.downloading({ bytes: 0, totalBytes: 100 * MIB });
    nowMs += 30_000;
    const counts = { markets: 7 };
    const at = (bytesRead: number) =>
      reporter.importing({ bytesRead, totalBytes: 100 * MIB, systems: 1, stations: 5, counts } as never);
    at(50 * MIB);
    expect(lines).toEqual([]);
    nowMs += 30_000;
    at(80 * MIB);
    expect(lines).toEqual([
      [
        'info',
        'Spansh: importing, 80 % of 100 MiB, 1.0 MiB/s, 1 min left, 5 stations read, 7 markets written',
        { bytesRead: 80 * MIB, totalBytes: 100 * MIB, read: 5, markets: 7 },
      ],
    ]);
  });

  test('what an import has brought, what it left out, and each kind of problem', () => {
    const counts = { systems: 1, stations: 2, markets: 3, marketRows: 4, vendors: 5 };
    const tooOld = { markets: 6, shipyards: 7, outfitters: 8 };
    const result = {
      ...{ systems: 10, stations: 20, counts, tooOld, maxAgeDays: 30 },
      problems: { 'no coordinates': { count: 2, sample: 'dust' } },
    } as unknown as ImportResult;
    reporter.imported(result);
    const [imported, problem] = lines;
    expect(imported).toEqual([
      'info',
      'Spansh: imported 20 stations of 10 systems: 1 systems, 2 stations, 3 markets (4 rows), 5 shipyards and outfitters ' +
        'were new or newer; left out as older than 30 days: 6 markets, 7 shipyards, 8 outfitters',
      { read: { systems: 10, stations: 20 }, written: counts, tooOld },
    ]);
    expect(problem?.[1]).toMatch(/^Spansh: 2 x no coordinates \(.*\), first: dust$/);
    expect(problem?.[2]).toEqual({ problem: 'no coordinates', count: 2, sample: 'dust' });
    lines.length = 0;
    reporter.imported({ ...result, problems: {}, maxAgeDays: Infinity });
    expect(texts()).toEqual([expect.stringContaining('older than any age: 6 markets')]);
  });

  test('which files are missing, once, until they have been published', () => {
    reporter.missing(['Item.csv', 'System.csv']);
    reporter.missing(['Item.csv', 'System.csv']);
    reporter.published({ rows: { listings: 9, Item: 1, System: 2 }, changed: ['Item'] } as never);
    reporter.missing(['Item.csv', 'System.csv']);
    const missing = [
      'warn',
      'missing, to be published from what the database has: Item.csv, System.csv',
      { files: ['Item.csv', 'System.csv'] },
    ];
    expect(lines).toEqual([
      missing,
      [
        'info',
        'published: listings.csv with 9 rows and 2 table files, 1 of them changed',
        { rows: { listings: 9, Item: 1, System: 2 }, changed: ['Item'] },
      ],
      missing,
    ]);
  });

  test('that it waits for its hours, once for each of their beginnings', () => {
    reporter.outsideHours(3_600_000, 'UTC');
    nowMs += 60_000;
    reporter.outsideHours(3_540_000, 'UTC');
    nowMs += 60_000;
    // The clock may be put right meanwhile.
    reporter.outsideHours(3_480_000 + 59_000, 'UTC');
    expect(lines).toEqual([
      [
        'info',
        'Spansh: outside its active hours, which begin at 2026-01-01 13:00 UTC',
        { opensInMs: 3_600_000 },
      ],
    ]);
    reporter.outsideHours(3_480_000 + 60_000, 'UTC');
    expect(lines).toHaveLength(2);
  });

  test('trouble, once, until all of a dump is done', () => {
    reporter.failed({ attempt: 1, lastError: 'gone' });
    reporter.failed({ attempt: 2, lastError: 'gone' });
    reporter.failed({ attempt: 3, lastError: null });
    reporter.failed({ attempt: 4, lastError: 'gone' });
    reporter.demoted(5);
    reporter.failed({ attempt: 1, lastError: 'gone' });
    reporter.notImported(new Error('no dump'));
    expect(lines.map(([level, text, facts]) => [level, text, facts.attempt])).toEqual([
      ['error', 'Spansh: gone; trying again', 1],
      ['error', 'Spansh: failed; trying again', 3],
      ['error', 'Spansh: gone; trying again', 4],
      ['info', '5 stations of listings.csv are baseline now', undefined],
      ['error', 'Spansh: gone; trying again', 1],
      ['warn', 'the dump that was to be imported was not: no dump', undefined],
    ]);
    expect(lines[0]?.[2]).toEqual({ attempt: 1, error: 'gone' });
    expect(lines[3]?.[2]).toEqual({ stations: 5 });
    expect(lines[5]?.[2]).toEqual({ error: new Error('no dump') });
  });

  test.each([
    ['an import that failed', () => reporter.failed({ attempt: 1, lastError: 'gone' })],
    ['one that was not wanted', () => reporter.notImported(new Error('no dump'))],
    [
      'one that has ended',
      () =>
        reporter.imported({
          ...{ systems: 0, stations: 0, counts: {}, tooOld: {}, maxAgeDays: 1, problems: {} },
        } as unknown as ImportResult),
    ],
  ])('after %s the next one has a rate of its own', (_, end) => {
    const at = (mib: number) => reporter.downloading({ bytes: mib * MIB, totalBytes: 100 * MIB });
    at(10);
    end();
    nowMs += 30_000;
    lines.length = 0;
    at(40);
    expect(lines).toEqual([]);
  });
});

describe('of the maintenance', () => {
  test('what is done, how long it took, and what is in the way', () => {
    const { log, lines } = recordingLog();
    const reporter = new MaintenanceReporter(log);
    reporter.outsideHours(AT_MS, 'UTC');
    reporter.outsideHours(AT_MS, 'UTC');
    reporter.outsideHours(AT_MS + 86_400_000, 'UTC');
    reporter.deferred();
    reporter.deferred();
    reporter.began('purge');
    reporter.deferred();
    reporter.began('optimize');
    reporter.purging(5);
    reporter.purged(9, 0, 1_234);
    reporter.notPurged('that is nearly everything');
    reporter.optimized(2_000);
    reporter.failed({ attempt: 2, lastError: 'locked' });
    reporter.failed({ attempt: 3, lastError: null });
    reporter.unusable('no disk');
    reporter.notNoted('purge', 'read-only');
    const deferred = ['info', 'maintenance: waits until the Spansh import has ended', {}];
    const hours = (day: string, opensAtMs: number) => [
      'info',
      `maintenance: outside the active hours, which begin at ${day} 12:00 UTC`,
      { opensAtMs },
    ];
    expect(lines).toEqual([
      hours('2026-01-01', AT_MS),
      hours('2026-01-02', AT_MS + 86_400_000),
      deferred,
      ['info', 'maintenance: purging old rows; the feed goes on, writing waits', { task: 'purge' }],
      deferred,
      ['info', 'maintenance: optimizing the database; the feed goes on, writing waits', { task: 'optimize' }],
      ['debug', 'maintenance: 5 rows purged so far', { rows: 5 }],
      [
        'info',
        'maintenance: purged 9 rows observed before 1970-01-01 00:00:00 UTC in 1.2 s',
        { rows: 9, olderThanS: 0, ms: 1_234 },
      ],
      [
        'warn',
        'maintenance: nothing is purged: that is nearly everything (check the clock; if it is right: tdl purge --force)',
        { objection: 'that is nearly everything' },
      ],
      ['info', 'maintenance: database optimized and analyzed in 2.0 s', { ms: 2_000 }],
      ['error', 'maintenance failed, it is tried again: locked', { attempt: 2, error: 'locked' }],
      ['error', 'maintenance failed, it is tried again: unknown error', { attempt: 3, error: null }],
      ['warn', 'maintenance: the database is not optimized: no disk', { error: 'no disk' }],
      [
        'warn',
        'maintenance: the time of this purge is not kept: read-only',
        { task: 'purge', error: 'read-only' },
      ],
    ]);
  });
});
