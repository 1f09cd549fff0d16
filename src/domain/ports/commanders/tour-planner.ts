import type { SupplyRequest } from '../../colonisation/supply/load-problem.ts';
import type { SupplyPlan } from '../../colonisation/supply/plan-supply.ts';
import type { Plan, PlanRequest } from '../../tours/plan.ts';

export interface PlanLimits {
  /** The best plan found by then is taken. */
  readonly timeLimitMs: number;
  /** Aborted: the best plan so far is taken at once. Else it ends so when whoever asked is gone. */
  readonly signal?: AbortSignal;
}

/**
 * Plans without holding anything else up. Both reject with an AppError `plan`: too many plans are waiting, the thread
 * failed, or it is closed.
 */
export interface TourPlanner {
  plan(request: PlanRequest, limits: PlanLimits): Promise<Plan>;
  /** How what builds need is brought. */
  supply(request: SupplyRequest, limits: PlanLimits): Promise<SupplyPlan>;
  close(): Promise<void>;
}
