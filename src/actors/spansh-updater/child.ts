import { spanshUpdaterMachine } from '../../machines/galaxy/spansh-updater.machine.ts';
import { Asked } from '../asked.ts';
import type { Child, Parts } from '../child.ts';
import type { GivenDump, ImportResult } from '../../domain/ports/galaxy/spansh-updater.ts';
import { GivenImport, type ImportAsker } from './given.ts';
import { SpanshReporter } from './reporter.ts';
import { updaterLogics, type WholePublication } from './steps.ts';

export interface SpanshUpdater extends Child {
  readonly publishNow: () => Promise<WholePublication>;
  readonly importNow: (dump: GivenDump, asker: ImportAsker) => Promise<ImportResult>;
}

export function createSpanshUpdater(parts: Parts): SpanshUpdater {
  const asked = new Asked<WholePublication>();
  const given = new GivenImport();
  const { keeper, time, tell, settings } = parts;
  const reporter = new SpanshReporter(parts.log, () => time.now(), settings().progressEveryMs);
  const steps = updaterLogics({
    ...parts.spanshUpdater,
    ...{ asked, given, time, reporter },
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
        reportNotImported: (_, { error }) => reporter.notImported(error),
      },
    }),
    input: { ...settings().spanshUpdater, random: parts.random },
    database: { saysQuiet: false },
    runs: 'elected',
    bringUpToDate: () => {
      tell('spansh-updater', { type: 'interval.changed', intervalMs: settings().spanshUpdater.intervalMs });
      if (given.isWaiting) tell('spansh-updater', { type: 'import.now' });
    },
    dispose: steps.ended,
    publishNow: async () => {
      await steps.mayPublish();
      const published = asked.ask();
      tell('spansh-updater', { type: 'publish.now' });
      return published;
    },
    importNow: async (dump, asker) => {
      steps.mayImport();
      const imported = given.ask(dump, asker);
      tell('spansh-updater', { type: 'import.now' });
      return imported;
    },
  };
}
