import { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../domain/generation.ts';
import type { LogPosition } from '../../../domain/ports/store/changes.ts';
import type { PublishedParts } from '../../../domain/ports/store/galaxy-store.ts';
import { threadModule, type CallContext } from '../../threads/rpc.ts';
import { BUSY_MS } from './database.ts';
import { toStoreError } from './errors.ts';
import { readStats } from './housekeeping/stats.ts';
import { writeSet } from './export/set.ts';
import { selectLiveStations, writeChanges, writeListings } from './export/listings.ts';
import { readKnown, type KnownRequest } from './galaxy/known.ts';
import { TextSender } from './export/text-sender.ts';

function createReader({ file }: { readonly file: string }) {
  /** Runs something in a read transaction of its own: in WAL mode it sees one state and holds nobody up. */
  async function read<T>(run: (db: DatabaseSync) => T | Promise<T>): Promise<T> {
    try {
      using db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
      db.exec('BEGIN');
      return await run(db);
    } catch (error) {
      throw toStoreError(error, file);
    }
  }

  const methods = {
    exportListings: (scope: 'live' | 'all', { emit }: CallContext) =>
      read((db) => writeListings(db, scope, new TextSender('listings', emit))),

    exportSet: (
      { generation, parts }: { readonly generation: Generation; readonly parts: PublishedParts },
      { emit }: CallContext,
    ) => read((db) => writeSet(db, generation, emit, parts)),

    exportChanges: (since: LogPosition, { emit }: CallContext) =>
      read((db) => writeChanges(db, since, new TextSender('listings', emit))),

    known: (request: KnownRequest, { signal }: CallContext) => read((db) => readKnown(db, request, signal)),

    liveStations: () => read(selectLiveStations),

    stats: () => read(readStats),
  };

  return { methods };
}

export type ReaderMethods = ReturnType<typeof createReader>['methods'];

export default threadModule(createReader);
