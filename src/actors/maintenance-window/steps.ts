import { fromPromise } from 'xstate';
import { AppError, describeError } from '../../domain/errors.ts';
import { purgeRefused } from '../../domain/market/purge-rule.ts';
import type {
  MaintenanceTask,
  MaintenanceWindowPorts,
} from '../../domain/ports/upkeep/maintenance-window.ts';
import type { MarketStore } from '../../domain/ports/store/market-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import { maintenanceWindowMachine, type Outlook } from '../../machines/upkeep/maintenance-window.machine.ts';
import { Asked } from '../asked.ts';
import type { MaintenanceReporter } from './reporter.ts';
import { createSteps } from '../steps.ts';

export interface MaintenanceDeps extends MaintenanceWindowPorts {
  readonly purge: MarketStore['purge'];
  /** Why rows older than this are not purged without being asked for; null: nothing speaks against it. */
  readonly whyNotPurge: (olderThanS: number, signal: AbortSignal) => Promise<string | null>;
  /** Whether a dump is being imported or published. */
  readonly isUpdating: () => boolean;
  /** Mends what has a time that nobody can have observed. */
  readonly mendTimes: () => Promise<Mended>;
  /** Has the machine look again. */
  readonly poke: () => void;
  readonly beginMaintenance: () => void;
  readonly endMaintenance: () => void;
  readonly time: Time;
  readonly reporter: MaintenanceReporter;
}

/** What somebody asks for outside of the schedule. */
export type MaintenanceOrder =
  /** @property force also when that is nearly everything. @property repair mends times ahead of the clock, too */
  | { readonly task: 'purge'; readonly force: boolean; readonly repair: boolean }
  | { readonly task: 'optimize' };

/** Rows that are gone, and systems and stations that have lost such a time. */
interface Mended {
  readonly rows: number;
  readonly names: number;
}

export interface MaintenanceDone {
  /** Purged; 0 of an optimizing. */
  readonly rows: number;
  /** Of what was observed before, epoch seconds. */
  readonly olderThanS: number;
  /** Null: that was not asked for. */
  readonly mended: Mended | null;
}

/** How often the machine is poked until it begins. */
const POKE_MS = 1_000;
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
  const asked = new Asked<MaintenanceDone>();
  let order: MaintenanceOrder | null = null;

  function poke(): void {
    if (!asked.isWaiting) return;
    deps.poke();
    time.setTimeout(poke, POKE_MS);
  }

  /** @throws AppError `busy`, `refused`; what went wrong */
  async function ask(wanted: MaintenanceOrder): Promise<MaintenanceDone> {
    if (order !== null) throw new AppError('busy', `a ${order.task} has been asked for already`);
    order = wanted;
    const done = asked.ask();
    poke();
    return done.finally(() => (order = null));
  }

  /** Begins what was asked for, if it is this. */
  function takeOrder<T extends MaintenanceTask>(task: T): Extract<MaintenanceOrder, { task: T }> | null {
    if (order?.task !== task) return null;
    asked.begin();
    return order as Extract<MaintenanceOrder, { task: T }>;
  }

  /** Failures are told as an operator reads them. */
  const step = <T>(run: (signal: AbortSignal) => Promise<T>) =>
    steps.step((signal) =>
      run(signal).catch((error: unknown) => {
        asked.failed(error);
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
    // What it begins now is for whoever has asked; who asks later is not told that it failed.
    asked.begin();
    await readLastDone();
    const now = time.now();
    if (order !== null) {
      if (deps.isUpdating()) return { next: 'defer' };
      return { next: 'begin', purge: order.task === 'purge', optimize: order.task === 'optimize' };
    }
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
    const wanted = takeOrder('purge');
    reporter.began('purge');
    const startedMs = time.now();
    const olderThanS = Math.floor(startedMs / 1000 - settings().retentionDays * DAY_S);
    const objection = wanted?.force === true ? null : await deps.whyNotPurge(olderThanS, signal);
    // The window may have been closed meanwhile.
    signal.throwIfAborted();
    if (objection === null) {
      const mended = wanted?.repair === true ? await deps.mendTimes() : null;
      const rows = await deps.purge({ olderThanS, signal, onProgress: reporter.purging });
      reporter.purged(rows, olderThanS, time.now() - startedMs);
      asked.done({ rows, olderThanS, mended });
    } else {
      reporter.notPurged(objection);
      asked.failed(purgeRefused(objection));
    }
    await noteDone('purge');
    return undefined;
  });

  const optimize = step<undefined>(async (signal) => {
    const wanted = takeOrder('optimize');
    reporter.began('optimize');
    const startedMs = time.now();
    if (wanted !== null) await deps.tidier.probe(signal);
    await deps.tidier.optimize(signal);
    reporter.optimized(time.now() - startedMs);
    asked.done({ rows: 0, olderThanS: 0, mended: null });
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
        reportFailure: ({ context }) => {
          reporter.failed(context);
          asked.failed(new AppError('maintenance.failed', context.lastError ?? 'failed'));
        },
      },
    }),
    ended: steps.ended,
    ask,
    /** When each task is due next, epoch milliseconds; Infinity: never. */
    nextDue: () => ({ purge: dueAtMs('purge'), optimize: dueAtMs('optimize') }),
  };
}
