import { fromPromise } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import type { MaintenanceTask, MaintenanceWindowPorts } from '../../domain/ports/maintenance-window.ts';
import type { MarketStore } from '../../domain/ports/store/market-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import { maintenanceWindowMachine, type Outlook } from '../../machines/maintenance-window.machine.ts';
import type { MaintenanceReporter } from './reporter.ts';
import { createSteps } from '../steps.ts';

export interface MaintenanceDeps extends MaintenanceWindowPorts {
  readonly purge: MarketStore['purge'];
  /** Why rows older than this are not purged without being asked for; null: nothing speaks against it. */
  readonly whyNotPurge: (olderThanS: number, signal: AbortSignal) => Promise<string | null>;
  /** Whether a dump is being imported or published. */
  readonly isUpdating: () => boolean;
  readonly beginMaintenance: () => void;
  readonly endMaintenance: () => void;
  readonly time: Time;
  readonly reporter: MaintenanceReporter;
}

/** A daemon that has just been started has better things to do; unless the interval is shorter. */
const START_MS = 60_000;
const DAY_S = 86_400;

/** The maintenance window on its I/O. */
export function createMaintenance(deps: MaintenanceDeps) {
  const { time, reporter, settings } = deps;
  const startedMs = time.now();
  const steps = createSteps();
  let lastDoneS: Readonly<Record<MaintenanceTask, number>> = { purge: 0, optimize: 0 };
  let canOptimize = true;

  /** Failures are told as an operator reads them. */
  const step = <T>(run: (signal: AbortSignal) => Promise<T>) =>
    steps.step((signal) =>
      run(signal).catch((error: unknown) => {
        throw new Error(describeError(error), { cause: error });
      }),
    );

  /** A time that lies ahead was taken from a clock that was wrong. */
  const past = (atS: number) => (atS * 1000 <= time.now() ? atS : 0);

  /** When a task is due, epoch milliseconds; Infinity: never. */
  function dueAtMs(task: MaintenanceTask): number {
    const { purgeEveryMs, optimizeEveryMs } = settings();
    const everyMs = task === 'purge' ? purgeEveryMs : canOptimize ? optimizeEveryMs : 0;
    if (everyMs === 0) return Infinity;
    const lastMs = past(lastDoneS[task]) * 1000;
    // It cannot have been started in the future: the clock has been set back since.
    const earliestMs = startedMs > time.now() ? 0 : startedMs + Math.min(START_MS, everyMs);
    return Math.max(lastMs + everyMs, earliestMs);
  }

  async function readLastDone(): Promise<void> {
    const read = await deps.lastDone().catch(() => lastDoneS);
    lastDoneS = {
      purge: Math.max(past(read.purge), lastDoneS.purge),
      optimize: Math.max(past(read.optimize), lastDoneS.optimize),
    };
  }

  async function noteDone(task: MaintenanceTask): Promise<void> {
    const atS = Math.floor(time.now() / 1000);
    lastDoneS = { ...lastDoneS, [task]: atS };
    try {
      await deps.noteDone(task, atS);
    } catch (error) {
      reporter.notNoted(task, describeError(error));
    }
  }

  const probe = step<undefined>(async (signal) => {
    canOptimize = true;
    if (settings().optimizeEveryMs === 0) return undefined;
    try {
      await deps.tidier.probe(signal);
    } catch (error) {
      signal.throwIfAborted();
      canOptimize = false;
      reporter.unusable(describeError(error));
    }
    return undefined;
  });

  const look = step<Outlook>(async () => {
    await readLastDone();
    const now = time.now();
    const purgeAtMs = dueAtMs('purge');
    const optimizeAtMs = dueAtMs('optimize');
    const firstMs = Math.min(purgeAtMs, optimizeAtMs);
    if (firstMs > now) return { next: 'nothing', waitMs: firstMs - now };
    const opensAtMs = settings().hours.nextOpen(now);
    if (opensAtMs > now) return { next: 'outsideHours', waitMs: opensAtMs - now };
    if (deps.isUpdating()) return { next: 'defer' };
    return { next: 'begin', purge: purgeAtMs <= now, optimize: optimizeAtMs <= now };
  });

  const purge = step<undefined>(async (signal) => {
    reporter.began('purge');
    const startedMs = time.now();
    const olderThanS = Math.floor(startedMs / 1000 - settings().retentionDays * DAY_S);
    const objection = await deps.whyNotPurge(olderThanS, signal);
    // The window may have been closed meanwhile.
    signal.throwIfAborted();
    if (objection === null) {
      const rows = await deps.purge({ olderThanS, signal, onProgress: reporter.purging });
      reporter.purged(rows, olderThanS, time.now() - startedMs);
    } else reporter.notPurged(objection);
    await noteDone('purge');
    return undefined;
  });

  const optimize = step<undefined>(async (signal) => {
    reporter.began('optimize');
    const startedMs = time.now();
    await deps.tidier.optimize(signal);
    reporter.optimized(time.now() - startedMs);
    await noteDone('optimize');
    return undefined;
  });

  return {
    machine: maintenanceWindowMachine.provide({
      actors: {
        probe,
        look,
        isFree: fromPromise(() => Promise.resolve(!deps.isUpdating())),
        purge,
        optimize,
        tasksEnd: fromPromise(async () => {
          await steps.ended();
          return undefined;
        }),
      },
      actions: {
        beginMaintenance: deps.beginMaintenance,
        endMaintenance: deps.endMaintenance,
        reportOutsideHours: () => {
          const { hours } = settings();
          reporter.outsideHours(hours.nextOpen(time.now()), hours.zone);
        },
        reportDeferred: reporter.deferred,
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    ended: steps.ended,
    /** When each task is due next, epoch milliseconds; Infinity: never. */
    nextDue: () => ({ purge: dueAtMs('purge'), optimize: dueAtMs('optimize') }),
  };
}
