import { createActor } from 'xstate';
import { OutboxReporter } from '../../src/actors/outbox/reporter.ts';
import { outboxLogics } from '../../src/actors/outbox/steps.ts';
import type { OutboxPorts } from '../../src/domain/ports/publishing/broker.ts';
import { createOutboxBroker } from '../../src/infra/broker/outbox.ts';
import { outboxMachine } from '../../src/machines/publishing/outbox.machine.ts';

/** An outbox of its own, in a hurry. */
export function startOutbox(url: string, ports: Pick<OutboxPorts, 'store' | 'queries'>) {
  const { logics, dispose } = outboxLogics({ ...ports, broker: createOutboxBroker({ url }) });
  const lines: string[] = [];
  const note = (_: object, line: string) => void lines.push(line);
  const reporter = new OutboxReporter({ debug: note, info: note, warn: note, error: note });
  const machine = outboxMachine.provide({
    actors: logics,
    actions: {
      reportTold: reporter.told,
      reportRefill: ({ context }) => reporter.refill(context),
      reportFilled: ({ context }) => reporter.filled(context),
      reportFailure: ({ context }) => reporter.failed(context),
    },
  });
  const begin = () =>
    createActor(machine, {
      input: {
        ...{ enabled: true, startMs: 0, gatherMs: 5, lookMs: 20, random: Math.random },
        backoff: { minMs: 20, capMs: 100 },
      },
    }).start();
  const actor = begin();
  return {
    actor,
    /** After its end, as when it leads again. */
    begin,
    /** What its operator was told. */
    lines,
    async end() {
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
      await dispose();
    },
  };
}
