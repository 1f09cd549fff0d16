import type { HttpApp } from '../app.ts';
import type { Exposition, Metric } from './exposition.ts';

export interface MetricsRoutesDeps {
  readonly metrics: () => readonly Metric[] | Promise<readonly Metric[]>;
}

/** `/metrics`: the process's own figures, and what `metrics` tells. What writes them is loaded for who asks first. */
export function metricsRoutes(app: HttpApp, { metrics }: MetricsRoutesDeps): void {
  let exposition: Promise<Exposition> | undefined;
  app.get('/metrics', { config: { isVital: true } }, async (_request, reply) => {
    exposition ??= import('./exposition.ts').then(({ createExposition }) => createExposition());
    const { contentType, tell } = await exposition;
    return reply.type(contentType).send(await tell(await metrics()));
  });
}
