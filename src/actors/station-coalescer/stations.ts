import { fromCallback } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { StationsCommand } from '../../machines/supervision/supervisor.machine.ts';
import type { Learner } from '../writer/learner.ts';
import type { StationPool } from './pool.ts';

export interface StationsDeps {
  readonly pool: StationPool;
  readonly learner: Learner;
  readonly time: Time;
  /** Called with the error when the spool cannot be written, with null when it works again. */
  readonly reportSpool: (error: string | null) => void;
  readonly reportRate: () => void;
  readonly rateEveryMs: number;
}

/** Two ticks and a write fit into the second the spool promises. */
const TICK_MS = 250;

/** The station pool as an actor: its heartbeat (the learner's, too), and its ear to the supervisor. */
export function stationsLogic(deps: StationsDeps) {
  const { pool, learner, time, reportSpool } = deps;
  return fromCallback<StationsCommand>(({ sendBack, receive }) => {
    let ended = false;
    let feedFinished = false;
    let timer: unknown = null;
    let rateTimer: unknown = null;

    const tellSettled = () => {
      if (feedFinished && !ended && pool.liveCount === 0) sendBack({ type: 'stations.settled' });
    };
    const tick = () => {
      learner.retry();
      pool
        .tick()
        .then(
          () => reportSpool(null),
          (error: unknown) => reportSpool(describeError(error)),
        )
        .finally(() => {
          if (!ended) timer = time.setTimeout(tick, TICK_MS);
        })
        .catch(() => undefined);
    };

    const rate = () => {
      rateTimer = time.setTimeout(rate, deps.rateEveryMs);
      deps.reportRate();
    };

    timer = time.setTimeout(tick, TICK_MS);
    rateTimer = time.setTimeout(rate, deps.rateEveryMs);
    receive((command) => {
      if (command.type === 'stations.flush') pool.flush();
      else {
        if (command.type === 'feed.finished') {
          feedFinished = true;
          pool.endGathering();
        }
        tellSettled();
      }
    });

    return () => {
      ended = true;
      time.clearTimeout(timer);
      time.clearTimeout(rateTimer);
    };
  });
}
