import { expect, test } from 'vitest';
import { parseActiveHours } from '../../src/domain/active-hours.ts';
import { AppError } from '../../src/domain/errors.ts';
import { HOUR, MINUTE, START, startMaintenance as start } from '../support/maintenance.ts';
import { settled } from '../support/virtual-time.ts';

const purge = { task: 'purge', force: false, repair: false } as const;

test('asked for, it is done now, in a window, and whoever asked hears how it went', async () => {
  const { time, happened, ask } = await start({ purge: () => Promise.resolve(7) });
  await time.advance(HOUR);
  const first = ask({ ...purge, repair: true });
  await expect(ask({ task: 'optimize' })).rejects.toMatchObject({
    code: 'busy',
    message: 'a purge has been asked for already',
  });
  await time.advance(0);
  expect(await first).toMatchObject({ rows: 7, mended: { rows: 1, names: 2 } });
  const second = ask({ task: 'optimize' });
  await time.advance(0);
  expect(await second).toMatchObject({ mended: null });
  expect(happened.slice(3)).toEqual(['begin 60', 'purge 60', 'end 60', 'begin 60', 'optimize 60', 'end 60']);
});

test('asked for, it waits for an import, and not for its hours', async () => {
  const { time, state, happened, tasks, ask } = await start({
    lastDoneS: { purge: START / 1000 },
    settings: { hours: parseActiveHours('03:00-05:00') },
  });
  state.importing = true;
  const done = ask(purge);
  await time.advance(2 * MINUTE);
  expect(happened).toEqual([]);
  state.importing = false;
  await time.advance(10 * MINUTE);
  expect(await done).toMatchObject({ rows: 0, mended: null });
  expect(tasks()).toHaveLength(1);
});

test.each([
  [{ objection: 'nearly everything' }, 'refused', 'nothing was purged: nearly everything'],
  [{ purge: () => Promise.reject(new AppError('unavailable', 'disk')) }, 'unavailable', 'disk'],
  [{ loud: true }, 'maintenance.failed', 'did not let go of the database'],
])('asked for, why it was not done is said: %o', async (options, code, why) => {
  const { time, ask } = await start({ ...options, lastDoneS: { purge: START / 1000 } });
  const failed = expect(ask(purge)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(why) as string,
  });
  await time.advance(5 * MINUTE);
  await failed;
});

test('asked for, while something else is done, it is done after that', async () => {
  const purged = Promise.withResolvers<number>();
  const { time, ask, tasks } = await start({ purge: () => purged.promise });
  await time.advance(MINUTE);
  let isDone = false;
  const done = ask({ task: 'optimize' }).finally(() => (isDone = true));
  await time.advance(MINUTE);
  purged.resolve(7);
  await settled();
  expect(await done).toMatchObject({ rows: 0 });
  expect(isDone).toBe(true);
  expect(tasks()).toEqual(['purge 1', 'optimize 2']);
});

test('asked for, while something else is done that fails, it is done all the same', async () => {
  const purged = Promise.withResolvers<number>();
  const { time, ask, tasks } = await start({ purge: () => purged.promise });
  await time.advance(MINUTE);
  const done = ask({ task: 'optimize' });
  purged.reject(new AppError('unavailable', 'disk'));
  await time.advance(MINUTE);
  expect(await done).toMatchObject({ rows: 0 });
  expect(tasks().slice(0, 2)).toEqual(['purge 1', expect.stringMatching(/^optimize/)]);
});

test('asked for, what cannot be done is not begun', async () => {
  const probe = () => Promise.reject(new AppError('maintenance.noTool', 'mariadb-check is missing'));
  const { ask, tasks } = await start({ probe });
  await expect(ask({ task: 'optimize' })).rejects.toMatchObject({ code: 'maintenance.noTool' });
  expect(tasks()).toEqual([]);
});

test('asked for of one that is about to start, it is asked for again until it begins, and no longer', async () => {
  const { time, ask, state } = await start({ lastDoneS: { purge: START / 1000 } });
  state.isHome = false;
  const done = ask(purge);
  await time.advance(2_500);
  state.isHome = true;
  await time.advance(1_000);
  await done;
  expect(state.pokes).toBe(4);
  await time.advance(MINUTE);
  expect(state.pokes).toBe(4);
});

test('asked for by whoever insists, it is done, though that is nearly everything', async () => {
  const { time, ask } = await start({ objection: 'nearly everything', purge: () => Promise.resolve(9) });
  const done = ask({ ...purge, force: true });
  await time.advance(0);
  expect(await done).toMatchObject({ rows: 9 });
});
