import type { Plan, PlanRequest } from '../../tours/plan.ts';

/** Plans tours without holding anything else up. */
export interface TourPlanner {
  /**
   * @param options.timeLimitMs the best plan found by then is taken
   * @param options.signal aborted: the best plan so far is taken at once
   * @throws AppError `plan`: too many plans are waiting, the thread failed, or it is closed
   */
  plan(
    request: PlanRequest,
    options: { readonly timeLimitMs: number; readonly signal?: AbortSignal },
  ): Promise<Plan>;
  close(): Promise<void>;
}
