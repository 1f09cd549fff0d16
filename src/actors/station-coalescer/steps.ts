import type { WriteOutcome } from '../../domain/market/outcome.ts';
import { rowCount } from '../../domain/market/snapshot.ts';
import {
  stationCoalescerMachine,
  type WriteAnswer,
} from '../../machines/market/station-coalescer.machine.ts';
import type { Ledger } from './ledger.ts';
import type { StationActor, WriteQueue } from './queue.ts';
import type { SpoolKeeper } from './spool-keeper.ts';

export interface StationDeps {
  readonly ledger: Ledger;
  readonly keeper: SpoolKeeper;
  readonly queue: WriteQueue;
}

/** The machine of one market, whose fates are counted and leave the spool. */
export function countedStation({ ledger, keeper, queue }: StationDeps) {
  return stationCoalescerMachine.provide({
    actions: {
      requestWrite: ({ context, self }) =>
        queue.add(self as unknown as StationActor, rowCount(context.newest)),
      countSuperseded: () => (ledger.totals.superseded += 1),
      countCommitted: ({ context: { inFlight }, event }) => {
        if (inFlight === null || event.type !== 'write.committed') return;
        if (event.outcome === 'stale') {
          ledger.totals.stale += 1;
        } else {
          ledger.totals.written += 1;
          ledger.totals.writtenRows += rowCount(inFlight);
          // What was remembered of an unknown market is in the database, with the name it had.
          if (event.outcome === 'written') keeper.noteCommitted(inFlight);
        }
        keeper.forget(inFlight);
      },
      countRejected: ({ context: { inFlight }, event }) => {
        if (inFlight === null || event.type !== 'write.rejected') return;
        ledger.reject(event.reason);
        keeper.forget(inFlight);
      },
      park: ({ context: { inFlight } }) => {
        if (inFlight === null) return;
        ledger.totals.everParked += 1;
        keeper.park(inFlight);
      },
    },
  });
}

/** A store's outcome in the station's language. */
export function answerFor(outcome: WriteOutcome): WriteAnswer {
  switch (outcome.status) {
    case 'written':
      return {
        type: 'write.committed',
        outcome: outcome.station === 'unknown' ? 'remembered' : 'written',
      };
    case 'stale':
      return { type: 'write.committed', outcome: 'stale' };
    case 'invalid':
      return { type: 'write.rejected', reason: outcome.reason };
    case 'unknownSystem':
    case 'unconfirmed':
      return { type: 'write.unknownSystem' };
    case 'contended':
      return { type: 'write.contended' };
    case 'failed':
      return { type: 'write.failed' };
  }
}
