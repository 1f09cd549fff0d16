import { onTestFinished, expect } from 'vitest';
import { createActor } from 'xstate';
import { MaintenanceReporter } from '../../src/actors/maintenance-window/reporter.ts';
import { createMaintenance } from '../../src/actors/maintenance-window/steps.ts';
import { ALWAYS } from '../../src/domain/active-hours.ts';
import type {
  MaintenanceSettings,
  MaintenanceTask,
} from '../../src/domain/ports/upkeep/maintenance-window.ts';
import type { PurgeOptions } from '../../src/domain/ports/store/market-store.ts';
import { ProcessTime, settled, VirtualTime } from './virtual-time.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 2026-01-01T00:00Z. */
export const START = Date.UTC(2026, 0, 1);

/** Tells whether it is asked again and again while no time goes by. */
export function circles(): (time: Pick<VirtualTime, 'now'>) => boolean {
  let atMs = 0;
  let count = 0;
  return (time) => {
    count = time.now() === atMs ? count + 1 : 0;
    atMs = time.now();
    return count > 100;
  };
}

interface Options {
  settings?: Partial<MaintenanceSettings>;
  lastDoneS?: Partial<Record<MaintenanceTask, number>>;
  purge?: (options: PurgeOptions) => Promise<number>;
  objection?: string | (() => Promise<null>);
  optimize?: (signal: AbortSignal) => Promise<void>;
  probe?: () => Promise<void>;
  lastDone?: () => Promise<never>;
  noteDone?: () => Promise<void>;
  /** Users that never become quiet. */
  loud?: boolean;
  onBegin?: () => void;
  /** How wrong the time of day is. */
  clockErrorMs?: () => number;
}

/** The real machine and its logics; database and users are made up. */
export async function startMaintenance(options: Options = {}) {
  const time = new VirtualTime(START);
  const done = { purge: 0, optimize: 0, ...options.lastDoneS };
  const state = { importing: false, open: false, pokes: 0, isHome: true };
  const settings: MaintenanceSettings = {
    purgeEveryMs: DAY,
    retentionDays: 30,
    optimizeEveryMs: 0,
    hours: ALWAYS,
    ...options.settings,
  };
  const isCircle = circles();
  const told: string[] = [];
  const happened: string[] = [];
  const at = (what: string) => happened.push(`${what} ${(time.now() - START) / MINUTE}`);
  const tell = (_: object, text: string) => void told.push(text);

  const { machine, nextDue, ask } = createMaintenance({
    settings: () => ({ ...settings }),
    tidier: {
      probe: options.probe ?? (() => Promise.resolve()),
      optimize: async (signal) => {
        at('optimize');
        await options.optimize?.(signal);
      },
    },
    // One that turns in circles stands still.
    lastDone: () =>
      isCircle(time) ? new Promise(() => undefined) : (options.lastDone?.() ?? Promise.resolve({ ...done })),
    noteDone: async (task, atS) => {
      await options.noteDone?.();
      done[task] = atS;
    },
    purge: async (purging) => {
      expect(state.open, 'in a window').toBe(true);
      at('purge');
      return (await options.purge?.(purging)) ?? 0;
    },
    whyNotPurge: () =>
      typeof options.objection === 'function'
        ? options.objection()
        : Promise.resolve(options.objection ?? null),
    mendTimes: () => Promise.resolve({ rows: 1, names: 2 }),
    poke: () => {
      state.pokes += 1;
      if (state.isHome) actor.send({ type: 'settings.changed' });
    },
    isUpdating: () => state.importing,
    beginMaintenance: () => {
      state.open = true;
      at('begin');
      options.onBegin?.();
      if (options.loud === true) return;
      for (const user of ['writer', 'exporter']) actor.send({ type: 'database.quiet', user });
    },
    endMaintenance: () => {
      state.open = false;
      at('end');
    },
    time: new ProcessTime(time, options.clockErrorMs),
    reporter: new MaintenanceReporter({ debug: tell, info: tell, warn: tell, error: tell }),
  });
  const actor = createActor(machine, {
    clock: time,
    input: {
      ...{ users: ['writer', 'exporter'], quiesceMs: MINUTE, deferMs: 10 * MINUTE },
      backoff: { minMs: 10 * MINUTE, capMs: HOUR },
      random: () => 1,
    },
  });
  actor.start();
  await settled();
  onTestFinished(() => void actor.stop());
  const tasks = () => happened.filter((entry) => !/^(begin|end)/.test(entry));
  return { time, actor, done, state, settings, told, happened, tasks, nextDue, ask };
}
