import type { Generation } from '../../../../domain/generation.ts';
import {
  IMPORT_ROWS_AT_ONCE,
  addCounts,
  NO_COUNTS,
  type GalaxyImport,
  type RareCommodity,
} from '../../../../domain/ports/store/galaxy-store.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import type { Known } from '../../../../domain/spansh/known.ts';
import { stationSize } from '../../../../domain/spansh/batch.ts';
import type { DumpRecords, StagedStation } from '../../../../domain/spansh/records.ts';
import type { Thread } from '../../../threads/rpc.ts';
import { RefusalLog } from '../../shared/refusals.ts';
import type { WriterMethods } from '../writer-thread.ts';

export interface GalaxyImportSetup {
  readonly generation: Generation;
  readonly categories: readonly string[];
  readonly itemCategories: ReadonlyMap<number, string>;
  readonly rares: readonly RareCommodity[] | null;
  readonly writer: Thread<WriterMethods>;
  /** Runs something that ends early when the caller's signal is aborted or the store is closed. */
  readonly stoppable: <T>(
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
  readonly readKnown: (signal: AbortSignal) => Promise<Known>;
  readonly onClose: () => void;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: () => number;
  readonly log: Log | undefined;
}

/** An import: writes between the live ones, in the same thread. There are no locks, so nothing is ever deferred. */
export function createGalaxyImport(setup: GalaxyImportSetup): GalaxyImport {
  const {
    generation,
    categories,
    itemCategories,
    rares,
    writer,
    stoppable,
    readKnown,
    onClose,
    log,
    notAfterS,
  } = setup;
  const refusals = new RefusalLog(log);
  return {
    generation,
    categories,
    itemCategories,

    known: (signal) => stoppable(signal, readKnown),

    apply: (batch, signal) =>
      stoppable(signal, async (stop) => {
        let total = NO_COUNTS;
        for (const part of parts(batch)) {
          stop.throwIfAborted();
          const { counts, refused } = await writer.call('writeGalaxy', {
            written: part,
            notAfterS: notAfterS(),
          });
          total = addCounts(total, { ...counts, ...refusals.tell(refused) });
        }
        return total;
      }),

    finish: (signal) =>
      stoppable(signal, async () => {
        await writer.call('finishTables', rares);
        return NO_COUNTS;
      }),

    close() {
      onClose();
      return Promise.resolve();
    },
  };
}

/** What the stations refer to goes with the first of them. */
function* parts({ stations, ...others }: DumpRecords): Generator<DumpRecords> {
  let part: StagedStation[] = [];
  let rows = others.systems.length;
  let rest = others;
  for (const station of stations) {
    if (rows >= IMPORT_ROWS_AT_ONCE) {
      yield { ...rest, stations: part };
      part = [];
      rows = 0;
      rest = { systems: [], items: [], ships: [], upgrades: [] };
    }
    part.push(station);
    rows += stationSize(station);
  }
  yield { ...rest, stations: part };
}
