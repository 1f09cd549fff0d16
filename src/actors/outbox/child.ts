import { outboxMachine } from '../../machines/publishing/outbox.machine.ts';
import type { Child, Parts } from '../child.ts';
import { OutboxReporter } from './reporter.ts';
import { outboxLogics } from './steps.ts';

/** What tells a broker of what is written, where there is one. */
export function createOutbox({ outbox: ports, log, random, settings }: Parts): Child {
  const input = { ...settings().outbox, enabled: ports !== null, random };
  if (ports === null) return { machine: outboxMachine, input };
  const reporter = new OutboxReporter(log);
  const { logics, dispose } = outboxLogics(ports);
  return {
    machine: outboxMachine.provide({
      actors: logics,
      actions: {
        reportTold: reporter.told,
        reportRefill: ({ context }) => reporter.refill(context),
        reportFilled: ({ context }) => reporter.filled(context),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input,
    runs: 'elected',
    dispose,
  };
}
