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

export interface Exposition {
  readonly contentType: string;
  /** The process's own figures (memory, event loop delay, garbage collection), and these. */
  readonly tell: (metrics: readonly Metric[]) => Promise<string>;
}

/** Figures in Prometheus's words. The process is watched from now on. */
export function createExposition(): Exposition {
  const process = new Registry();
  // Milliseconds between two looks, which the figures contain; every 10 ms would cost an idle daemon half a percent.
  collectDefaultMetrics({ register: process, eventLoopMonitoringPrecision: 50 });
  return {
    contentType: process.contentType,
    async tell(metrics) {
      const registry = new Registry();
      for (const metric of metrics) register(registry, metric);
      // Without a sample: asked twice in a moment, the event loop was not looked at in between.
      const own = (await process.metrics()).replace(/^.* Nan\n?/gm, '');
      return [own, await registry.metrics(), ''].join('\n');
    },
  };
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
