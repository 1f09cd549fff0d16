import { spanshUpdaterMachine } from '../../machines/spansh-updater.machine.ts';
import { Asked } from '../asked.ts';
import type { Child, Parts } from '../child.ts';
import { SpanshReporter } from './reporter.ts';
import { updaterLogics, type WholePublication } from './steps.ts';

export function createSpanshUpdater(
  parts: Parts,
): Child & { readonly publishNow: () => Promise<WholePublication> } {
  const asked = new Asked<WholePublication>();
  const { keeper, time, tell, settings } = parts;
  const reporter = new SpanshReporter(parts.log, () => time.now(), settings().progressEveryMs);
  const steps = updaterLogics({
    ...parts.spanshUpdater,
    ...{ asked, time, reporter },
    isCleared: (marketId, observedAtS) => keeper.clearedAtS(marketId) >= observedAtS,
  });
  return {
    machine: spanshUpdaterMachine.provide({
      actors: steps.logics,
      actions: {
        refreshCatalogue: () => tell('catalogue', { type: 'catalogue.refresh' }),
        reportOutsideHours: ({ context }) =>
          reporter.outsideHours(context.opensInMs, parts.spanshUpdater.zone()),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input: { ...settings().spanshUpdater, random: parts.random },
    database: { saysQuiet: false },
    bringUpToDate: () =>
      tell('spansh-updater', { type: 'interval.changed', intervalMs: settings().spanshUpdater.intervalMs }),
    dispose: steps.ended,
    publishNow: async () => {
      await steps.mayPublish();
      const published = asked.ask();
      tell('spansh-updater', { type: 'publish.now' });
      return published;
    },
  };
}
