import { setTimeout as sleep } from 'node:timers/promises';
import { ENDED } from '../../domain/tours/scout-tour.ts';
import type { Metric } from '../../infra/http/routes/exposition.ts';
import type { ApiSource } from '../ports/api.ts';
import type { OfferedJobs } from '../offered-jobs.ts';
import { gaugeOf, listening } from './metrics.ts';

export interface KeptMetricsDeps {
  /** Null: no questions are answered. */
  readonly api: Pick<ApiSource, 'kept' | 'listeners' | 'queries'> | null;
  readonly jobs: Pick<OfferedJobs, 'known'>;
}

/** How long a busy thread may take to say what it keeps. */
const PATIENCE_MS = 500;

/** Figures of what is kept beside markets: what questions are answered from, who listens, tours, patrols, jobs. What is off has none. */
export async function keptMetrics({ api, jobs }: KeptMetricsDeps): Promise<Metric[]> {
  const metrics: Metric[] = [];
  const gauge = (...figure: Parameters<typeof gaugeOf>) => metrics.push(gaugeOf(...figure));
  const byState = (states: readonly string[]) =>
    [...Map.groupBy(states, (state) => state)].map(([state, { length }]) => ({
      labels: { state },
      value: length,
    }));

  if (api?.listeners !== undefined) metrics.push(listening(api.listeners()));
  const model = await Promise.race([
    api?.queries.status().catch(() => null) ?? null,
    sleep(PATIENCE_MS, null, { ref: false }),
  ]);
  if (model !== null) {
    const { bytes, systems, stations, markets, goods } = model;
    gauge('read_model_bytes', 'Columns that questions are answered from', [{ labels: {}, value: bytes }]);
    gauge(
      'read_model_entries',
      'What they tell of: systems, stations, markets, and goods whose prices are in memory',
      Object.entries({ systems, stations, markets, goods }).map(([kind, value]) => ({
        labels: { kind },
        value,
      })),
    );
  }
  const known = (await jobs.known()).map(({ state }) => state);
  gauge('jobs', 'Jobs that are kept, by state', byState(known));
  const keeping = api?.kept ?? null;
  if (keeping === null) return metrics;
  const { tours, patrols } = keeping;
  const open = tours.list().filter(({ state }) => !ENDED.has(state));
  gauge('tours', 'Tours that have not ended', [{ labels: {}, value: open.length }]);
  const kept = patrols.list();
  gauge(
    'patrol_state',
    '1 for the state a patrol is in',
    kept.map(({ order, state }) => ({ labels: { patrol: order.name, state }, value: 1 })),
  );
  gauge(
    'patrol_overdue_markets',
    'Markets of a patrol that are older than they may be, when last looked',
    kept.flatMap(({ order, look }) =>
      look === null ? [] : [{ labels: { patrol: order.name }, value: look.overdue }],
    ),
  );
  return metrics;
}
