import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { QueryEngine } from '../../shared/queries/engine.ts';
import { answerQuestions } from '../../shared/queries/thread.ts';
import { StoreError } from '../../../../domain/errors.ts';
import { recognise } from '../../shared/generation.ts';
import { threadModule } from '../../../threads/rpc.ts';
import { BUSY_MS, readShape } from '../database.ts';
import { toStoreError } from '../errors.ts';
import type { QueryThreadData } from './queries.ts';
import { SqliteReader } from './reader.ts';

function createQueryThread({ file, followsLog }: QueryThreadData) {
  /** The open file, and which one it was: Trade Dangerous puts a database aside to begin a new one. */
  let open: { readonly db: DatabaseSync; readonly inode: bigint; readonly engine: QueryEngine } | undefined;

  function current(): QueryEngine {
    const inode = statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? -1n;
    if (open?.inode !== inode) {
      open?.db.close();
      open = undefined;
      const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
      try {
        open = { db, inode, engine: engineOn(db) };
      } catch (error) {
        db.close();
        throw error;
      }
    }
    return open.engine;
  }

  function engineOn(db: DatabaseSync): QueryEngine {
    const generation = recognise(readShape(db), 'auto', file);
    if (generation === null) throw new StoreError('unavailable', `${file} has no tables yet`);
    return new QueryEngine(new SqliteReader(db), generation, followsLog);
  }

  const { methods } = answerQuestions(current, (error) => toStoreError(error, file));
  return { methods, onClose: () => open?.db.close() };
}

export default threadModule(createQueryThread);
