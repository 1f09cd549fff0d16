import { rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { AppError, describeError } from '../../domain/errors.ts';
import type { HistoryPage } from '../../domain/ports/publishing/history.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import { threadModule } from '../threads/rpc.ts';
import { adoptDays } from './adopt-days.ts';
import { historyPlaces } from './places.ts';
import { Recording, told, type Written } from './recording.ts';
import { openRunningFile, readDays } from './running-file.ts';

function createRecorder({ directory }: { readonly directory: string }) {
  const places = historyPlaces(directory);
  let open: { readonly db: DatabaseSync; readonly recording: Recording } | undefined;

  function opened() {
    if (open === undefined) {
      const db = openRunningFile(places.runningFile);
      open = { db, recording: new Recording(db) };
    }
    return open;
  }

  /** What SQLite throws, in words. */
  function recording<T>(work: (of: Recording, db: DatabaseSync) => T): T {
    try {
      const { db, recording: of } = opened();
      return work(of, db);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('history', `the history ${places.runningFile}: ${describeError(error)}`, {
        advice: 'see whether its disk is full, or another program has it open; it is tried again',
        cause: error,
      });
    }
  }

  const methods = {
    async position(): Promise<LogPosition | null> {
      const isNew = recording(({ cursor }, db) => cursor === null && readDays(db).length === 0);
      if (isNew) await recording((_, db) => adoptDays(db, places));
      return recording(({ cursor }) => cursor && { logId: cursor.logId, seq: cursor.seq });
    },

    goOn: ({ position, gap, nowS }: { position: LogPosition; gap: string; nowS: number }) =>
      recording((of) => of.goOn(position, gap, nowS)),

    record: (page: HistoryPage) => recording((of) => of.record(page)),

    reached: (nowS: number) => recording((of) => of.reached(nowS)),

    closed: ({ day, written }: { day: number; written: Written }) =>
      recording((of) => of.closed(day, written)),

    async removeBefore(day: number): Promise<number> {
      const old = recording((_, db) => readDays(db).filter((each) => each.isClosed && each.day < day));
      for (const each of old) {
        // Killed in between, the day is deleted again.
        await rm(places.prices(each.day), { force: true });
        await rm(places.hours(each.day), { force: true });
        recording((_, db) => db.prepare('DELETE FROM day WHERE day = ?').run(each.day));
      }
      return old.length;
    },

    days: () => recording((_, db) => readDays(db).map(told)),
  };

  return { methods, onClose: () => open?.db.close() };
}

export type RecorderMethods = ReturnType<typeof createRecorder>['methods'];

export default threadModule(createRecorder);
