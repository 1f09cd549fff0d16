import { describe, expect, test } from 'vitest';
import { parseActiveHours } from '../../src/domain/active-hours.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { PurgeOptions } from '../../src/domain/ports/store/market-store.ts';
import { DAY, HOUR, MINUTE, START, startMaintenance as start } from '../support/maintenance.ts';
import { settled } from '../support/virtual-time.ts';

describe('when', () => {
  test('what was never done is done a minute after the start', async () => {
    const { time, happened, done } = await start();
    await time.advance(MINUTE - 1);
    expect(happened).toEqual([]);
    await time.advance(1);
    expect(happened).toEqual(['begin 1', 'purge 1', 'end 1']);
    expect(done.purge).toBe((START + MINUTE) / 1000);
  });

  test('then every interval', async () => {
    const { time, tasks } = await start();
    await time.advance(3 * DAY);
    expect(tasks()).toEqual(['purge 1', 'purge 1441', 'purge 2881']);
  });

  test('the interval counts from the last time, also over a restart', async () => {
    const { time, tasks } = await start({ lastDoneS: { purge: (START - 23 * HOUR) / 1000 } });
    await time.advance(HOUR - 1);
    expect(tasks()).toEqual([]);
    await time.advance(1);
    expect(tasks()).toEqual(['purge 60']);
  });

  test('intervals longer than any timer', async () => {
    const { time, tasks, nextDue } = await start({
      settings: { purgeEveryMs: 0, optimizeEveryMs: 90 * DAY },
    });
    await time.advance(2 * MINUTE);
    expect(nextDue()).toEqual({ purge: Infinity, optimize: START + MINUTE + 90 * DAY });
    await time.advance(90 * DAY - 2 * MINUTE);
    expect(tasks()).toEqual(['optimize 1']);
    await time.advance(MINUTE);
    expect(tasks()).toHaveLength(2);
  });

  test('0 is never', async () => {
    const probe = () => Promise.reject(new Error('nothing to optimize with'));
    const { time, tasks, told } = await start({ settings: { purgeEveryMs: 0, optimizeEveryMs: 0 }, probe });
    await time.advance(60 * DAY);
    expect(tasks()).toEqual([]);
    expect(told).toEqual([]);
  });

  test('a time that lies ahead does not put the next one off', async () => {
    const { time, tasks } = await start({ lastDoneS: { purge: (START + 1000 * DAY) / 1000 } });
    await time.advance(2 * MINUTE);
    expect(tasks()).toHaveLength(1);
  });

  test('a clock that was ahead at the start and is put right does not put the first one off', async () => {
    let clockErrorMs = 30 * DAY;
    const { time, tasks } = await start({ clockErrorMs: () => clockErrorMs });
    clockErrorMs = 0;
    await time.advance(2 * MINUTE);
    expect(tasks()).toEqual(['purge 1']);
  });

  test('what another program has done is not done again', async () => {
    const { time, tasks, done } = await start({ lastDoneS: { purge: (START - 23 * HOUR) / 1000 } });
    done.purge = (START + 30 * MINUTE) / 1000;
    await time.advance(2 * HOUR);
    expect(tasks()).toEqual([]);
  });

  test('a new interval counts at once', async () => {
    const { time, actor, tasks, settings } = await start({ lastDoneS: { purge: START / 1000 } });
    await time.advance(10 * MINUTE);
    Object.assign(settings, { purgeEveryMs: 5 * MINUTE });
    actor.send({ type: 'settings.changed' });
    await settled();
    expect(tasks()).toEqual(['purge 10']);
  });

  test('what is due at the same time shares a window, the purge first', async () => {
    const { time, happened, told } = await start({ settings: { optimizeEveryMs: 30 * DAY } });
    await time.advance(2 * MINUTE);
    expect(happened).toEqual(['begin 1', 'purge 1', 'optimize 1', 'end 1']);
    expect(told).toEqual([
      'maintenance: purging old rows; the feed goes on, writing waits',
      'maintenance: purged 0 rows observed before 2025-12-02 00:01:00 UTC in 0.0 s',
      'maintenance: optimizing the database; the feed goes on, writing waits',
      'maintenance: database optimized and analyzed in 0.0 s',
    ]);
  });
});

describe('active hours', () => {
  test('it waits until they begin, and says once until when', async () => {
    const { time, tasks, told } = await start({ settings: { hours: parseActiveHours('03:00-05:00') } });
    await time.advance(3 * HOUR - 1);
    expect(tasks()).toEqual([]);
    await time.advance(1);
    expect(tasks()).toEqual(['purge 180']);
    expect(told.filter((text) => text.includes('outside'))).toEqual([
      'maintenance: outside the active hours, which begin at 2026-01-01 03:00 UTC',
    ]);
  });
});

describe('a Spansh import', () => {
  test('is left alone, and asked for again', async () => {
    const { time, state, happened, told } = await start();
    state.importing = true;
    await time.advance(35 * MINUTE);
    expect(happened).toEqual([]);
    state.importing = false;
    await time.advance(10 * MINUTE);
    expect(happened).toEqual(['begin 41', 'purge 41', 'end 41']);
    expect(told.filter((text) => text.includes('Spansh'))).toHaveLength(1);
  });

  test('that has begun at the last moment is left alone, too', async () => {
    const { time, state, happened } = await start({ onBegin: () => (state.importing = true) });
    await time.advance(MINUTE);
    expect(happened).toEqual(['begin 1', 'end 1']);
  });
});

describe('purge', () => {
  test('of nearly everything is left to who asks for it, and counts as done', async () => {
    const { time, tasks, told, done } = await start({ objection: 'all 9 rows are old' });
    await time.advance(2 * MINUTE);
    expect(tasks()).toEqual([]);
    expect(told).toContain(
      'maintenance: nothing is purged: all 9 rows are old (check the clock; if it is right: tdl purge --force)',
    );
    expect(done.purge).toBe((START + MINUTE) / 1000);
  });

  test('takes what is older than the retention', async () => {
    let olderThanS = 0;
    const purge = (options: PurgeOptions) => Promise.resolve(((olderThanS = options.olderThanS), 7));
    const { time, told } = await start({ settings: { retentionDays: 1.5 }, purge });
    await time.advance(MINUTE);
    expect(olderThanS).toBe((START + MINUTE - 36 * HOUR) / 1000);
    expect(told).toContain('maintenance: purged 7 rows observed before 2025-12-30 12:01:00 UTC in 0.0 s');
  });
});

describe('a task that fails', () => {
  const away = () => Promise.reject(new AppError('unavailable', 'database away', { advice: 'start it' }));

  test('is reported, and tried again with backoff', async () => {
    const { time, tasks, told, done } = await start({ purge: away });
    await time.advance(MINUTE + 30 * MINUTE);
    expect(tasks()).toEqual(['purge 1', 'purge 11', 'purge 31']);
    expect(told).toContain('maintenance failed, it is tried again: database away (start it)');
    expect(done.purge).toBe(0);
  });

  test('does not keep the other from running', async () => {
    const { time, happened, done } = await start({ settings: { optimizeEveryMs: DAY }, purge: away });
    await time.advance(MINUTE);
    expect(happened).toEqual(['begin 1', 'purge 1', 'optimize 1', 'end 1']);
    expect(done.optimize).toBeGreaterThan(0);
    await time.advance(10 * MINUTE);
    expect(happened.slice(4)).toEqual(['begin 11', 'purge 11', 'end 11']);
  });

  test('because the users do not become quiet: they are released', async () => {
    const { time, happened, told } = await start({ loud: true });
    await time.advance(2 * MINUTE);
    expect(happened).toEqual(['begin 1', 'end 2']);
    expect(told.at(-1)).toMatch('writer and exporter did not let go of the database in 60 s');
  });

  test('a set-up in which it cannot work is said, and the rest goes on', async () => {
    const probe = () =>
      Promise.reject(
        new AppError('maintenance.noTool', 'mariadb-check is missing', { advice: 'install it' }),
      );
    const { time, tasks, told } = await start({ settings: { optimizeEveryMs: DAY }, probe });
    await time.advance(DAY);
    expect(tasks()).toEqual(['purge 1']);
    expect(told).toContain(
      'maintenance: the database is not optimized: mariadb-check is missing (install it)',
    );
  });

  test('a time that cannot be kept does not make it run again and again', async () => {
    const noteDone = () => Promise.reject(new Error('disk full'));
    const { time, tasks, told } = await start({ noteDone, settings: { optimizeEveryMs: DAY } });
    await time.advance(DAY);
    expect(tasks()).toEqual(['purge 1', 'optimize 1']);
    expect(told).toContain('maintenance: the time of this purge is not kept: disk full');
  });

  test('a time that cannot be read counts as never', async () => {
    const { time, tasks } = await start({ lastDone: () => Promise.reject(new Error('disk')) });
    await time.advance(2 * MINUTE);
    expect(tasks()).toEqual(['purge 1']);
  });
});

test('stopped during a purge, it ends when the purge has', async () => {
  const ended = Promise.withResolvers<number>();
  let aborted = false;
  const purge = ({ signal }: PurgeOptions) => {
    signal?.addEventListener('abort', () => (aborted = true));
    return ended.promise;
  };
  const { time, actor, happened } = await start({ purge });
  await time.advance(MINUTE);
  actor.send({ type: 'stop' });
  await settled();
  expect(aborted).toBe(true);
  expect(actor.getSnapshot().status).toBe('active');
  ended.resolve(0);
  await settled();
  expect(actor.getSnapshot().status).toBe('done');
  expect(happened.at(-1)).toBe('end 1');
});

test('stopped before it has begun, it neither purges nor says that it cannot work', async () => {
  const looked = Promise.withResolvers<null>();
  const early = await start({ objection: () => looked.promise });
  await early.time.advance(MINUTE);
  early.actor.send({ type: 'stop' });
  looked.resolve(null);
  await settled();
  expect(early.happened).toEqual(['begin 1', 'end 1']);

  const probed = Promise.withResolvers<never>();
  const { actor, told } = await start({ settings: { optimizeEveryMs: DAY }, probe: () => probed.promise });
  actor.send({ type: 'stop' });
  probed.reject(new Error('stopped'));
  await settled();
  expect(told).toEqual([]);
});
