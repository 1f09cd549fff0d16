import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** A figure as it is now. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows as long as the process lives. */
  readonly type: 'counter' | 'gauge';
  /** All with the same labels. */
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The process's own figures (memory, event loop delay, garbage collection), and what `read` tells. */
export function metricsPage(read: () => readonly Metric[]): MetricsPage {
  const process = new Registry();
  // Milliseconds between two looks, which the figures contain; every 10 ms would cost an idle daemon half a percent.
  collectDefaultMetrics({ register: process, eventLoopMonitoringPrecision: 50 });
  return {
    contentType: process.contentType,
    async text() {
      const registry = new Registry();
      for (const metric of read()) register(registry, metric);
      return [await process.metrics(), await registry.metrics(), ''].join('\n');
    },
  };
}

function register(registry: Registry, { name, help, type, samples }: Metric): void {
  const options = { name, help, labelNames: Object.keys(samples[0]?.labels ?? {}), registers: [registry] };
  if (type === 'gauge') {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set(labels, value);
  } else {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc(labels, value);
  }
}
