import { exporterMachine, type PublishedExport } from '../../machines/publishing/exporter.machine.ts';
import { Asked } from '../asked.ts';
import type { Child, Parts } from '../child.ts';
import { ExporterReporter } from './reporter.ts';
import { exportLogics } from './steps.ts';

/** The exporter of `listings-live.csv`. */
export function createExporter(parts: Parts): Child & { readonly exportNow: () => Promise<PublishedExport> } {
  const asked = new Asked<PublishedExport>();
  const { store, liveListing, tell } = parts;
  const reporter = new ExporterReporter(parts.log);
  const steps = exportLogics({
    asked,
    read: (sink, signal) => store.exportListings('live', sink, signal),
    ...liveListing,
  });
  return {
    machine: exporterMachine.provide({
      actors: { stage: steps.stage, publish: steps.publish },
      actions: {
        // A read that was stopped may take a moment to end.
        reportQuiet: () =>
          void steps
            .readEnded()
            .then(() => tell('maintenance-window', { type: 'database.quiet', user: 'exporter' })),
        reportPublished: ({ context }) => reporter.published(context.published),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input: { ...parts.settings().exporter, random: parts.random },
    database: { saysQuiet: true },
    runs: 'elected',
    bringUpToDate: () =>
      tell('exporter', { type: 'interval.changed', intervalMs: parts.settings().exporter.intervalMs }),
    dispose: steps.discard,
    exportNow: () => {
      const exported = asked.ask();
      tell('exporter', { type: 'publish.now' });
      return exported;
    },
  };
}
