import { Piscina } from 'piscina';
import { AppError, describeError } from '../../domain/errors.ts';
import type { SupplyPlan } from '../../domain/colonisation/supply/plan-supply.ts';
import type { PlanLimits, TourPlanner } from '../../domain/ports/commanders/tour-planner.ts';
import type { Plan } from '../../domain/tours/plan.ts';
import type { PlanTask } from './plan.worker.ts';
import { asker } from '../threads/asker.ts';
import { moduleBeside } from '../threads/module-beside.ts';

/** Plans that may wait for the thread. */
const MAX_WAITING = 16;

/** A thread without work ends. */
const IDLE_MS = 30_000;

/** A {@link TourPlanner} on a thread of its own, which the first plan starts. */
export function createTourPlanner(): TourPlanner {
  const pool = new Piscina({
    filename: moduleBeside(import.meta.url, './plan.worker').href,
    minThreads: 0,
    maxThreads: 1,
    maxQueue: MAX_WAITING,
    idleTimeout: IDLE_MS,
    recordTiming: false,
    // Who asks first is answered first.
    stricterFIFO: true,
  });
  // A thread that dies between two plans has been replaced.
  pool.on('error', () => undefined);
  let closing: Promise<void> | null = null;

  async function run(
    name: 'plan' | 'supply',
    request: unknown,
    { timeLimitMs, signal = asker.getStore() }: PlanLimits,
  ): Promise<unknown> {
    if (closing !== null) throw new AppError('plan', 'no tours are planned any more');
    if (pool.queueSize >= MAX_WAITING) {
      throw new AppError('plan', 'too many tours are being planned', { advice: 'ask again in a minute' });
    }
    const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const onAbort = () => Atomics.store(new Int32Array(stop), 0, 1);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort);
    try {
      const task: PlanTask<unknown> = { request, timeLimitMs, stop };
      return await pool.run(task, { name });
    } catch (cause) {
      throw new AppError('plan', `no tour was planned: ${describeError(cause)}`, { cause });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    plan: async (request, limits) => (await run('plan', request, limits)) as Plan,
    supply: async (request, limits) => (await run('supply', request, limits)) as SupplyPlan,
    close: () => (closing ??= pool.close({ force: true })),
  };
}
