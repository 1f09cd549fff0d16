import { expect, onTestFinished, test } from 'vitest';
import type { AnyEventObject } from 'xstate';
import { createMaintenanceWindow } from '../../src/actors/maintenance-window/child.ts';
import { ALWAYS } from '../../src/domain/active-hours.ts';
import type { PurgeOptions } from '../../src/domain/ports/store/market-store.ts';
import { childWorld } from '../support/child-world.ts';
import { circles } from '../support/maintenance.ts';

const DAY_MS = 86_400_000;
const DAY_S = 86_400;

/** The maintenance window as the system has it, before a database of ten rows; what it does to it is noted. */
function maintenanceOf({ finite = false, newestAgeDays = 0 } = {}) {
  const done: unknown[] = [];
  const isCircle = circles();
  const state = { purgeEveryMs: DAY_MS };
  const nowS = () => Math.floor(world.time.now() / 1_000);
  const world = childWorld(createMaintenanceWindow, {
    feed: { finite },
    maintenanceWindow: {
      settings: () => ({ ...state, retentionDays: 30, optimizeEveryMs: 2 * DAY_MS, hours: ALWAYS }),
      tidier: {
        probe: () => Promise.resolve(),
        optimize: () => Promise.resolve(void done.push('optimized')),
      },
      // One that turns in circles stands still.
      lastDone: () =>
        isCircle(world.time) ? new Promise(() => undefined) : Promise.resolve({ purge: 0, optimize: 0 }),
      noteDone: () => Promise.resolve(),
    },
    store: {
      stats: () => Promise.resolve({ totalRows: 10, newestAtS: nowS() - newestAgeDays * DAY_S }),
      purge: ({ olderThanS, dryRun }: PurgeOptions) => {
        if (dryRun !== true) done.push(['purged', (nowS() - olderThanS) / DAY_S]);
        return Promise.resolve(3);
      },
      checkTimes: (options: object) => {
        done.push(['times', options]);
        return Promise.resolve({ rows: 1, names: 2 });
      },
    },
    isUpdating: () => false,
    quietSayers: () => ['writer'],
    tell: (child: string, event: AnyEventObject) => {
      if (child === 'maintenance-window') world.actor.send(event);
    },
    tellSupervisor: ({ type }: AnyEventObject) => {
      done.push(type);
      if (type === 'maintenance.begin') world.actor.send({ type: 'database.quiet', user: 'writer' });
    },
  });
  onTestFinished(() => {
    world.actor.stop();
  });
  return { ...world, done, state };
}

test('what is due is done in a window that the supervisor opens, by the leader', async () => {
  const { child, done, start, time } = maintenanceOf();
  await start();
  await time.advance(60_000);
  expect(done).toEqual(['maintenance.begin', ['purged', 30], 'optimized', 'maintenance.end']);
  expect(child).toMatchObject({ runs: 'elected', input: { users: ['writer'] } });
  const nowMs = time.now();
  expect(child.nextDue()).toEqual({ purge: nowMs + DAY_MS, optimize: nowMs + 2 * DAY_MS });
  await child.dispose?.();
});

test('with a file that is replayed nothing is due, whatever the configuration says', async () => {
  const { child, done, start, time } = maintenanceOf({ finite: true });
  await start();
  await time.advance(10 * DAY_MS);
  expect(done).toEqual([]);
  expect(child.nextDue()).toEqual({ purge: Infinity, optimize: Infinity });
});

test('a purge that would take everything is none; whoever asks for times is told how many were mended', async () => {
  const { child, done, start, texts, time } = maintenanceOf({ newestAgeDays: 31 });
  await start();
  await time.advance(60_000);
  expect(done).toEqual(['maintenance.begin', 'optimized', 'maintenance.end']);
  expect(texts()).toContainEqual(expect.stringMatching(/^warn maintenance: nothing is purged: all 10 rows/));
  const asked = child.ask({ task: 'purge', force: true, repair: true });
  await time.advance(0);
  expect(await asked).toMatchObject({ rows: 3, mended: { rows: 1, names: 2 } });
  expect(done.slice(3)).toEqual([
    'maintenance.begin',
    ['times', { repair: true }],
    ['purged', 30],
    'maintenance.end',
  ]);
});

test('another interval counts at once', async () => {
  const { child, done, start, state, time } = maintenanceOf();
  await start();
  await time.advance(10 * 60_000);
  done.length = 0;
  state.purgeEveryMs = 60_000;
  child.bringUpToDate?.();
  await time.advance(0);
  expect(done).toContainEqual(['purged', 30]);
});
