import type { StagedBatch } from '../../domain/ports/market/feed.ts';
import { listenerMachine } from '../../machines/market/listener.machine.ts';
import type { Child, Parts } from '../child.ts';
import { feedLogic } from './feed.ts';
import { ListenerReporter } from './reporter.ts';
import { FeedWatch } from './watch.ts';

export interface ListenerChild extends Child {
  /** What is wrong although messages arrive. */
  readonly troubles: () => string[];
}

export function createListener(parts: Parts): ListenerChild {
  const { feed, decoder, catalogue, ledger, learner, pool, settings } = parts;
  const reporter = new ListenerReporter(parts.log, feed.description);
  const watch = new FeedWatch(parts.now, !feed.finite, reporter);

  const deliver = (batch: StagedBatch) => {
    if (pool.closed) {
      ledger.countLate(batch);
      return;
    }
    watch.note(batch);
    const newUnknown = ledger.countStaged(batch);
    learner.add(batch.records);
    pool.receive(batch.snapshots);
    pool.parkUnresolved(batch.unresolved);
    try {
      watch.tell();
      reporter.staged(batch, newUnknown);
    } catch {
      // A log that fails costs its line, and no message.
    }
  };

  return {
    machine: listenerMachine.provide({
      actors: {
        feed: feedLogic({
          feed,
          decoder,
          rules: () => settings().rules,
          catalogue: () => catalogue.current,
          // A file can wait for what is newest, a relay cannot.
          catalogueReady: feed.finite
            ? Promise.all([catalogue.refreshed, catalogue.released])
            : catalogue.loaded,
          deliver,
          reportDecodeFailure: reporter.decodeFailed,
        }),
      },
      actions: {
        reportConnected: reporter.connected,
        reportLost: ({ context }) => reporter.lost(context),
        reportHeard: ({ context }) => reporter.heard(context),
      },
    }),
    troubles: watch.troubles,
    input: { ...settings().listener, finite: feed.finite, random: parts.random },
  };
}
