import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { DumpProgress, DumpVersion } from '../../src/domain/ports/galaxy/dump.ts';
import type { ImportHooks } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { DUMP, HOUR_MS, MINUTE_MS, RESULT, updaterOf } from '../support/spansh-updater.ts';
import { settled } from '../support/virtual-time.ts';

const ALL_OF_A_DUMP = ['download', 'import dump.gz', 'discard dump.gz', 'updated 77', 'publish', 'demote'];

test('a dump is fetched, imported, published and demoted, once; a day later it is looked for another', async () => {
  const { child, done, heard, lines, stage, start, state, texts, time } = updaterOf();
  await start();
  await time.advance(HOUR_MS);
  expect(done).toEqual(ALL_OF_A_DUMP);
  expect(heard).toEqual(['catalogue catalogue.refresh']);
  expect(child).toMatchObject({ runs: 'elected', database: { saysQuiet: false } });
  expect(texts()).toEqual([
    'info Spansh: the dump of 1970-01-01 00:01:17 UTC is new: https://spansh.test/dump',
    expect.stringMatching(/^info Spansh: imported 1 stations of 1 systems/),
    expect.stringMatching(/^info published: listings.csv with 0 rows/),
    'info 6 stations of listings.csv are baseline now',
  ]);
  expect(state.progress).toEqual({
    ...{ version: DUMP, stage: 'demoted', file: 'dump.gz', database: 'this one' },
    atS: Date.UTC(2026, 0, 1) / 1_000 + 1,
  });
  done.length = 0;
  state.dump = { ...DUMP, etag: '"2"' };
  await time.advance(22 * HOUR_MS);
  expect(done).toEqual([]);
  await time.advance(2 * HOUR_MS);
  expect(done).toEqual(ALL_OF_A_DUMP);
  await time.advance(24 * HOUR_MS);
  expect(done).toEqual(ALL_OF_A_DUMP);
  expect(stage()).toBe('demoted');
  expect(lines.map(([, text]) => text).filter((text) => text.includes('already'))).toEqual([
    'Spansh: the dump of 1970-01-01 00:01:17 UTC was imported already: https://spansh.test/dump',
  ]);
});

test('a database that has lost everything gets the same dump again', async () => {
  const { done, start, state, time } = updaterOf();
  await start();
  await time.advance(HOUR_MS);
  done.length = 0;
  state.isEmpty = true;
  await time.advance(24 * HOUR_MS);
  expect(done).toEqual(ALL_OF_A_DUMP);
});

test('a source that does not tell the age of a dump leaves the one that is written down', async () => {
  const { done, start, state, time } = updaterOf();
  state.dump = { ...DUMP, lastModifiedS: null };
  await start();
  await time.advance(HOUR_MS);
  expect(done).toEqual(ALL_OF_A_DUMP.filter((step) => step !== 'updated 77'));
});

describe('a dump of no use', () => {
  const fail = (code: 'dump' | 'dumpUnreadable' | 'unavailable') => ({
    importDump: () => Promise.reject(new AppError(code, 'it ends in the middle')),
  });

  test('as the source has it is thrown away, and not fetched again before there is another one', async () => {
    const { done, start, state, texts, time } = updaterOf(fail('dump'));
    await start();
    await time.advance(30 * HOUR_MS);
    expect(done).toEqual(['download', 'discard dump.gz']);
    expect(state.progress).toMatchObject({ stage: 'refused', version: DUMP, database: 'this one' });
    expect(texts()).toContain(
      'error Spansh: it ends in the middle; it is not fetched again until there is another one; trying again',
    );
    expect(texts()).toContainEqual(expect.stringContaining('is still of no use'));
    state.dump = { ...DUMP, etag: '"2"' };
    await time.advance(24 * HOUR_MS);
    expect(done.slice(2)).toEqual(['download', 'discard dump.gz']);
  });

  test.each([
    ['that cannot be read', fail('dumpUnreadable'), DUMP],
    ['of which nobody knows how long it is', fail('dump'), { ...DUMP, size: null }],
  ])('%s is fetched again, less and less often', async (_, ports, dump) => {
    const { done, start, state, texts, time } = updaterOf(ports);
    state.dump = dump;
    await start();
    await time.advance(MINUTE_MS);
    expect(done).toEqual(['download', 'discard dump.gz', 'download', 'discard dump.gz']);
    await time.advance(3 * HOUR_MS);
    expect(done.filter((step) => step === 'download').length).toBeLessThan(12);
    expect(state.progress).toMatchObject({ stage: 'refused', version: null });
    expect(texts()).toContain('error Spansh: it ends in the middle; trying again');
  });

  test('is not one that the database did not take', async () => {
    const { done, start, stage, time } = updaterOf(fail('unavailable'));
    await start();
    await time.advance(HOUR_MS);
    expect(done).toEqual(['download']);
    expect(stage()).toBe('downloaded');
  });
});

describe('what is missing of the published files', () => {
  const demoted: DumpProgress = {
    ...{ version: DUMP, stage: 'demoted', file: 'dump.gz', database: 'this one', atS: 0 },
  };

  test('is published before anything is asked of Spansh, unless the database has nothing', async () => {
    const { done, start, state, texts, time } = updaterOf({}, demoted);
    state.missing = ['Item.csv'];
    state.isEmpty = true;
    state.dump = { ...DUMP, etag: null };
    await start();
    await time.advance(1_000);
    expect(done[0]).toBe('download');
    const other = updaterOf({}, demoted);
    other.state.missing = ['Item.csv'];
    await other.start();
    await other.time.advance(1_000);
    expect(other.done.slice(0, 1)).toEqual(['publish']);
    expect(other.texts()[0]).toContain('missing, to be published from what the database has: Item.csv');
    expect(texts()).not.toContainEqual(expect.stringContaining('missing'));
  });

  test('is published before what was published is demoted', async () => {
    const { done, start, state, time } = updaterOf({}, { ...demoted, stage: 'published' });
    state.missing = ['Item.csv'];
    await start();
    await time.advance(1_000);
    expect(done).toEqual(['publish', 'demote']);
  });

  test('waits for the hours of publishing, while Spansh is looked at', async () => {
    const { done, start, state, time } = updaterOf({}, demoted);
    state.missing = ['Item.csv'];
    state.waits = { publishing: 2 * HOUR_MS };
    await start();
    await time.advance(HOUR_MS);
    expect(done).toEqual([]);
    state.waits = {};
    await time.advance(MINUTE_MS);
    expect(done).toContain('publish');
  });
});

test.each([
  ['spansh', null, [], ['download']],
  ['spansh', 'downloaded', [], ['import dump.gz']],
  ['publishing', 'imported', [], ['publish']],
] as const)('%s waits for its hours with a dump that is %s', async (job, stage, before, first) => {
  const progress = stage && { version: DUMP, stage, file: 'dump.gz', database: 'this one', atS: 0 };
  const { done, start, state, texts, time } = updaterOf({}, progress);
  state.waits = { [job]: 3 * HOUR_MS };
  await start();
  await time.advance(HOUR_MS);
  expect(done).toEqual(before);
  expect(texts()).toContain('info Spansh: outside its active hours, which begin at 2026-01-01 03:00 UTC');
  state.waits = {};
  await time.advance(MINUTE_MS);
  expect(done.slice(0, first.length)).toEqual(first);
});

test('an import is told what the feed has cleared since, and reports how far it is', async () => {
  const hooks: ImportHooks[] = [];
  const { child, start, texts, time } = updaterOf({
    importDump: (_, given) => {
      hooks.push(given);
      return new Promise(() => undefined);
    },
  });
  await start();
  await time.advance(1_000);
  const [{ isCleared, onProgress }] = hooks as [ImportHooks];
  expect([isCleared(1, 99), isCleared(1, 100), isCleared(1, 101), isCleared(2, 1)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  onProgress(RESULT);
  await time.advance(DEFAULT_SETTINGS.progressEveryMs);
  onProgress(RESULT);
  expect(texts().at(-1)).toMatch(/^info Spansh: importing, .* 1 stations read/);
  await expect(child.importNow({ from: '/x', maxAgeDays: undefined }, anybody())).rejects.toMatchObject({
    code: 'busy',
    message: 'the daemon imports a dump of Spansh',
    advice: 'wait until it has ended',
  });
});

const anybody = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

test('one that was stopped lets go of its file before the next download begins', async () => {
  const first = Promise.withResolvers<{ file: string; version: DumpVersion }>();
  const begun: string[] = [];
  const { child, start, time, value } = updaterOf({
    source: {
      check: () => Promise.resolve(DUMP),
      download: (version) => {
        begun.push('download');
        return begun.length === 1 ? first.promise : Promise.resolve({ file: 'dump.gz', version });
      },
      discard: () => Promise.resolve(),
    },
  });
  await start();
  await time.advance(1_000);
  expect(value()).toBe('downloading');
  const given = child.importNow({ from: '/given', maxAgeDays: undefined }, anybody());
  await settled();
  expect(await given).toBe(RESULT);
  await time.advance(HOUR_MS);
  expect(begun).toHaveLength(1);
  first.reject(new Error('stopped'));
  await time.advance(HOUR_MS);
  expect(begun).toHaveLength(2);
});

describe('whoever asks for a publication', () => {
  test('has it done at once, and hears what became of it', async () => {
    const { child, done, start, time } = updaterOf();
    await start();
    await time.advance(HOUR_MS);
    done.length = 0;
    const published = child.publishNow();
    await time.advance(0);
    expect(await published).toEqual({ rows: {}, changed: [], demoted: 5 - 3 });
    expect(done).toEqual(['publish', 'demote']);
  });

  test('is told that there is nothing, or that a dump comes first', async () => {
    const { child, state } = updaterOf();
    state.isEmpty = true;
    await expect(child.publishNow()).rejects.toMatchObject({
      code: 'publish',
      message: 'no station is in this one: there is nothing to publish',
      advice: 'tdl import fills it, and so does the daemon',
    });
    state.isEmpty = false;
    state.progress = { version: DUMP, stage: 'downloaded', file: 'dump.gz', database: null, atS: 0 };
    await expect(child.publishNow()).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('is published after that') as string,
    });
  });

  test('hears why what was published is not baseline', async () => {
    const { child, start, time } = updaterOf({ demote: () => Promise.reject(new Error('locked')) });
    await start();
    await time.advance(0);
    const published = child.publishNow();
    const failed = expect(published).rejects.toThrow('locked');
    await time.advance(1_000);
    await failed;
  });
});

test('who starts anew is told the interval, and what is waited for', async () => {
  const { child, heard } = updaterOf();
  child.bringUpToDate?.();
  expect(heard).toEqual(['spansh-updater interval.changed']);
  const given = child.importNow({ from: '/x', maxAgeDays: undefined }, anybody());
  given.catch(() => undefined);
  await settled();
  heard.length = 0;
  child.bringUpToDate?.();
  expect(heard).toEqual(['spansh-updater interval.changed', 'spansh-updater import.now']);
});

test('of a dump that somebody gave the operator hears how far it is, and how it ended', async () => {
  let isSound = true;
  const { child, start, texts, time } = updaterOf({
    importGiven: async (_, { onProgress }) => {
      if (!isSound) throw new AppError('dump', '/given is none');
      onProgress(RESULT);
      await time.advance(DEFAULT_SETTINGS.progressEveryMs);
      onProgress(RESULT);
      return RESULT;
    },
  });
  await start();
  await time.advance(HOUR_MS);
  const { length } = texts();
  const GIVEN = { from: '/given', maxAgeDays: undefined };
  expect(await child.importNow(GIVEN, anybody())).toBe(RESULT);
  expect(texts().slice(length)).toEqual([
    expect.stringMatching(/^info Spansh: importing, .* 1 stations read/),
    expect.stringMatching(/^info Spansh: imported 1 stations of 1 systems/),
  ]);
  isSound = false;
  await time.advance(HOUR_MS);
  await expect(child.importNow(GIVEN, anybody())).rejects.toThrow('/given is none');
  await settled();
  expect(texts().at(-1)).toBe('warn the dump that was to be imported was not: /given is none');
});
