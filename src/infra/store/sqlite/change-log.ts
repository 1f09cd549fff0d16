import type { DatabaseSync } from 'node:sqlite';
import type { ChangeLimits, NoteChange } from '../../../domain/ports/store/changes.ts';
import { TRIM_EVERY, trimmedUpTo } from '../shared/change-log.ts';

/** Where no log is kept. */
export const NOTE_NOTHING: NoteChange = () => undefined;

/** Writes the change log, in the transaction of whoever calls. The own tables are there. */
export function createChangeLog(db: DatabaseSync, limits: ChangeLimits): NoteChange {
  const count = db.prepare('UPDATE tdl_log SET seq = seq + 1');
  const add = db.prepare(
    `INSERT INTO tdl_change (seq, kind, id, observed_s, written_s, source)
     SELECT seq, ?, ?, ?, unixepoch(), ? FROM tdl_log`,
  );
  const trim = db.prepare(`DELETE FROM tdl_change WHERE seq <= (${trimmedUpTo(limits, 'unixepoch()')})`);
  let untrimmed = 0;
  return (kind, id, observedAtS, source) => {
    count.run();
    add.run(kind, id, observedAtS, source);
    if (++untrimmed < TRIM_EVERY) return;
    untrimmed = 0;
    trim.run();
  };
}
