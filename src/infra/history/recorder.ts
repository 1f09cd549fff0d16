import { Piscina } from 'piscina';
import { AppError, describeError } from '../../domain/errors.ts';
import { dayName } from '../../domain/history/days.ts';
import type { HistoryRecorder } from '../../domain/ports/publishing/history.ts';
import { moduleBeside } from '../threads/module-beside.ts';
import { openThread } from '../threads/rpc.ts';
import type { Closed, CloseTask } from './close-day.worker.ts';
import type { RecorderMethods } from './recorder-thread.ts';

/** The thread that writes a day's files ends with it, and gives its memory back. */
const IDLE_MS = 1_000;
const YOUNG_MIB = 8;

/** Records in a thread of its own, which the first call starts; files are written in another one. */
export function createHistoryRecorder(directory: string): HistoryRecorder {
  const thread = openThread<RecorderMethods>(moduleBeside(import.meta.url, './recorder-thread'), {
    workerData: { directory },
    crashError: (cause) =>
      new AppError('history', 'the thread that records the history ended unexpectedly', {
        advice: 'it is tried again',
        cause,
      }),
  });
  const closers = new Piscina({
    filename: moduleBeside(import.meta.url, './close-day.worker').href,
    ...{ minThreads: 0, maxThreads: 1, idleTimeout: IDLE_MS, recordTiming: false },
    // Rows live for as long as they take to be encoded: more room for new ones is only more garbage.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  closers.on('error', () => undefined);
  let isClosed = false;
  const call: typeof thread.call = (...args) => {
    // A call would start the thread again.
    if (isClosed) return Promise.reject(new AppError('aborted', 'the history is closed'));
    return thread.call(...args);
  };

  return {
    position: () => call('position', undefined),
    goOn: (position, gap, nowS) => call('goOn', { position, gap, nowS }),
    record: (page) => call('record', page),
    reached: (nowS) => call('reached', nowS),
    async closeDay(day, names) {
      const task: CloseTask = { directory, day, names };
      const closed = await (closers.run(task, { name: 'closeDay' }) as Promise<Closed>).catch(
        (error: unknown): Closed => ({ error: describeError(error) }),
      );
      if ('error' in closed) {
        throw new AppError('history', `the files of ${dayName(day)} were not written: ${closed.error}`);
      }
      await call('closed', { day, written: closed });
      const days = await call('days', undefined);
      const found = days.find((each) => each.day === day);
      if (found === undefined) throw new AppError('history', `${dayName(day)} is gone from the history`);
      return found;
    },
    removeBefore: (day) => call('removeBefore', day),
    days: () => call('days', undefined),
    async close() {
      isClosed = true;
      await closers.close({ force: true });
      await thread.close();
    },
  };
}
