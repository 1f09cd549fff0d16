import { writerMachine } from '../../machines/market/writer.machine.ts';
import type { Child, Parts } from '../child.ts';
import { WriterReporter } from './reporter.ts';
import { openStoreLogic, writeBatchLogic } from './steps.ts';

export function createWriter(parts: Parts): Child {
  const reporter = new WriterReporter(parts.log);
  const { deferEveryN, writer } = parts.settings();
  const deps = {
    store: parts.store,
    pool: parts.pool,
    learner: parts.learner,
    catalogue: () => parts.catalogue.current,
    reportOpened: reporter.opened,
    deferEveryN,
  };
  return {
    machine: writerMachine.provide({
      actors: { openStore: openStoreLogic(deps), writeBatch: writeBatchLogic(deps) },
      actions: {
        reportQuiet: () => parts.tell('maintenance-window', { type: 'database.quiet', user: 'writer' }),
        reportUnavailable: ({ context }) => reporter.unavailable(context),
        reportAvailable: ({ context }) => reporter.available(context),
        reportRefusal: (_, report) => reporter.refused(report),
      },
    }),
    input: { ...writer, random: parts.random },
    database: { saysQuiet: true },
  };
}
