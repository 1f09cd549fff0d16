import { catalogueMachine } from '../../machines/galaxy/catalogue.machine.ts';
import type { Child, Parts } from '../child.ts';
import { CatalogueReporter } from './reporter.ts';
import { catalogueLogics } from './steps.ts';

export function createCatalogue(parts: Parts): Child {
  const reporter = new CatalogueReporter(parts.log);
  return {
    machine: catalogueMachine.provide({
      actors: catalogueLogics({ ...parts, source: parts.commodities, holder: parts.catalogue }),
      actions: {
        reportFresh: ({ context }) => reporter.fresh(context.commodities),
        reportStale: ({ context }) =>
          reporter.stale({ ...context, commodities: parts.catalogue.current?.commodities.length ?? 0 }),
      },
    }),
    input: { ...parts.settings().catalogue, random: parts.random },
  };
}
