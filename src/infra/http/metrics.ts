import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** One value and its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A figure that is kept elsewhere, and read when somebody asks. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows as long as the process lives. */
  readonly type: 'counter' | 'gauge';
  readonly labelNames?: readonly string[];
  readonly read: () => readonly Sample[];
}

/** The process's own figures (memory, event loop delay, garbage collection), and these. */
export function createRegistry(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  // Milliseconds between two looks, which the figures contain; every 10 ms would cost an idle daemon half a percent.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  for (const { name, help, type, labelNames = [], read } of metrics) {
    const registers = [registry];
    if (type === 'gauge') {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.set(labels, value);
        },
      });
    } else {
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.inc(labels, value);
        },
      });
    }
  }
  return registry;
}
