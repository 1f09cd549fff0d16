import { AppError } from '../../domain/errors.ts';
import { dayOf } from '../../domain/history/days.ts';
import type { HistorianPorts, HistoryDay } from '../../domain/ports/publishing/history.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import type { ChangePage } from '../../domain/ports/store/changes.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Followed } from '../../machines/publishing/historian.machine.ts';
import { createSteps } from '../steps.ts';

export interface HistorianDeps extends HistorianPorts {
  readonly time: Time;
}

/** Entries of the log that are recorded at a time. */
const PAGE = 200;
/** What is committed in the last moment of a day may get its entry in the first of the next. */
const MIDNIGHT_GRACE_S = 5;

/** No log is this one. */
const NO_LOG: LogPosition = { logId: '', seq: 0 };

export function historianLogics(deps: HistorianDeps) {
  const { recorder, queries, store, time, keepDays } = deps;
  const nowS = () => Math.floor(time.now() / 1000);
  const { step, ended } = createSteps();
  let days: readonly HistoryDay[] = [];
  let isLogged = false;

  const removeOld = step<undefined>(async () => {
    await recorder.removeBefore(dayOf(nowS()) - keepDays);
    days = await recorder.days();
    return undefined;
  });

  const follow = step<Followed>(async (signal) => {
    /** Whoever aborted closes the files. */
    const unlessAborted = async <T>(work: Promise<T>): Promise<T> => {
      const result = await work;
      signal.throwIfAborted();
      return result;
    };
    const read = async (seq: number): Promise<ChangePage> => {
      const page = await unlessAborted(queries.changesSince(seq, PAGE));
      if (page === null) throw noLog();
      return page;
    };

    const reached = await unlessAborted(recorder.position());
    isLogged ||= (await unlessAborted(store.beginChangeLog())) !== 'none';
    if (!isLogged) {
      // What is written now is in no log, whatever is turned on later.
      if (reached !== null) await unlessAborted(recorder.goOn(NO_LOG, 'no change log was written', nowS()));
      throw noLog();
    }
    let position = reached ?? (await begin());
    for (;;) {
      // What is written after this moment is of no day that is over then.
      const endS = nowS() - MIDNIGHT_GRACE_S;
      const { logId, lastSeq, changes } = await read(position.seq);
      if (logId !== position.logId || changes === null) {
        const gap =
          logId === position.logId
            ? 'the change log was kept for too short a time'
            : 'the change log began anew';
        position = { logId, seq: lastSeq };
        await unlessAborted(recorder.goOn(position, gap, nowS()));
        continue;
      }
      const last = changes.at(-1);
      if (last === undefined) {
        const dueDay = await unlessAborted(recorder.reached(endS));
        days = await unlessAborted(recorder.days());
        return { dueDay };
      }
      const ids = new Set(changes.flatMap(({ kind, id }) => (kind === 'market' ? [Number(id)] : [])));
      const markets = await unlessAborted(queries.seenMarkets([...ids]));
      await unlessAborted(recorder.record({ after: position, changes, markets }));
      position = { logId, seq: last.seq };
    }

    async function begin(): Promise<LogPosition> {
      const { logId, lastSeq } = await read(0);
      const first = { logId, seq: lastSeq };
      await unlessAborted(recorder.goOn(first, 'the history began on it', nowS()));
      return first;
    }
  });

  const closeDay = step<HistoryDay, { readonly day: number }>(async (signal, { day }) => {
    const items = await queries.items();
    signal.throwIfAborted();
    return recorder.closeDay(day, new Map(items.map(({ id, name }) => [id, name])));
  });

  return {
    logics: { removeOld, follow, closeDay },
    /** As they were when the log was last read to its end. */
    days: () => days,
    dispose: async () => {
      // What is being written is written again at the next start.
      await recorder.close();
      await queries.close();
      await ended();
    },
  };
}

function noLog(): AppError {
  return new AppError('history', 'there is no change log to make a history of', {
    advice: 'set change_log_days to 1 or more and own_tables to true, or history_days to 0',
  });
}
