import { planTours, type Plan, type PlanRequest } from '../../domain/tours/plan.ts';

export interface PlanTask {
  readonly request: PlanRequest;
  readonly timeLimitMs: number;
  /** One number; 1: end now. */
  readonly stop: SharedArrayBuffer;
}

export function plan({ request, timeLimitMs, stop }: PlanTask): Plan {
  const isStopped = new Int32Array(stop);
  const startMs = performance.now();
  return planTours(request, () =>
    Atomics.load(isStopped, 0) === 1 ? 1 : (performance.now() - startMs) / timeLimitMs,
  );
}
