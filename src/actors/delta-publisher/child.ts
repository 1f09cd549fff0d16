import type { DeltaKind } from '../../domain/deltas/deltas.ts';
import type { MadeDelta } from '../../domain/ports/publishing/delta-publisher.ts';
import { deltaPublisherMachine } from '../../machines/publishing/delta-publisher.machine.ts';
import type { Child, Parts } from '../child.ts';
import { createSteps } from '../steps.ts';
import { DeltaReporter } from './reporter.ts';

/** The publisher of what has changed. */
export function createDeltaPublisher(parts: Parts): Child {
  const { deltaPublisher, tell } = parts;
  const reporter = new DeltaReporter(parts.log);
  const { step, ended } = createSteps();
  let last: MadeDelta | null = null;
  return {
    machine: deltaPublisherMachine.provide({
      actors: {
        plan: step((signal) => deltaPublisher.plan(signal)),
        make: step<undefined, DeltaKind>(async (signal, kind) => {
          last = await deltaPublisher.make(kind, signal);
          return undefined;
        }),
      },
      actions: {
        // One that was stopped may take a moment to leave the database alone.
        reportQuiet: () =>
          void ended().then(() =>
            tell('maintenance-window', { type: 'database.quiet', user: 'delta-publisher' }),
          ),
        reportMade: () => reporter.made(last),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input: {
      ...parts.settings().deltaPublisher,
      ...{ enabled: deltaPublisher.enabled, random: parts.random },
    },
    database: { saysQuiet: true },
    runs: 'elected',
    dispose: ended,
  };
}
