import type { SupplyRequest } from '../../domain/colonisation/supply/load-problem.ts';
import { planSupply, type SupplyPlan } from '../../domain/colonisation/supply/plan-supply.ts';
import { planTours, type Plan, type PlanRequest } from '../../domain/tours/plan.ts';

export interface PlanTask<Request> {
  readonly request: Request;
  readonly timeLimitMs: number;
  /** One number; 1: end now. */
  readonly stop: SharedArrayBuffer;
}

export function plan({ request, ...limits }: PlanTask<PlanRequest>): Plan {
  return planTours(request, progressOf(limits));
}

export function supply({ request, ...limits }: PlanTask<SupplyRequest>): SupplyPlan {
  return planSupply(request, progressOf(limits));
}

function progressOf({ timeLimitMs, stop }: Omit<PlanTask<unknown>, 'request'>): () => number {
  const isStopped = new Int32Array(stop);
  const startMs = performance.now();
  return () => (Atomics.load(isStopped, 0) === 1 ? 1 : (performance.now() - startMs) / timeLimitMs);
}
