import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { HttpApp } from '../app.ts';

/** A figure as it is now. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows as long as the process lives. */
  readonly type: 'counter' | 'gauge';
  /** All with the same labels. */
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface MetricsRoutesDeps {
  readonly metrics: () => readonly Metric[] | Promise<readonly Metric[]>;
}

/** `/metrics`: the process's own figures (memory, event loop delay, garbage collection), and what `metrics` tells. */
export function metricsRoutes(app: HttpApp, { metrics }: MetricsRoutesDeps): void {
  const process = new Registry();
  // Milliseconds between two looks, which the figures contain; every 10 ms would cost an idle daemon half a percent.
  collectDefaultMetrics({ register: process, eventLoopMonitoringPrecision: 50 });
  app.get('/metrics', { config: { isVital: true } }, async (_request, reply) => {
    const registry = new Registry();
    for (const metric of await metrics()) register(registry, metric);
    const text = [await process.metrics(), await registry.metrics(), ''].join('\n');
    return reply.type(process.contentType).send(text);
  });
}

function register(registry: Registry, { name, help, type, samples }: Metric): void {
  // Without a sample there is no figure, not even 0.
  if (samples.length === 0) return;
  const options = { name, help, labelNames: Object.keys(samples[0]?.labels ?? {}), registers: [registry] };
  if (type === 'gauge') {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set(labels, value);
  } else {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc(labels, value);
  }
}
