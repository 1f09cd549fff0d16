import type { ChangeLimits, NoteChange } from '../../../domain/ports/store/changes.ts';
import { TRIM_EVERY, trimmedUpTo } from '../shared/change-log.ts';
import type { Link } from './connection.ts';
import type { Recognised } from './database.ts';
import { statements } from './sql.ts';

/** Transactions whose changes are told. */
export interface ChangeLog {
  /** As {@link Link.transaction}. */
  transaction<T>(link: Link, run: (note: NoteChange) => Promise<T>): Promise<T>;
}

/** Where no log is kept. */
export const NO_CHANGE_LOG: ChangeLog = {
  transaction: (link, run) => link.transaction(() => run(() => undefined)),
};

/** Another writer has the counter for its COMMIT only: whoever waits for it has done all his work. */
const COUNTER_WAIT_S = 15;

/** The log of a database, if it has one. */
export function changeLogOf(
  limits: ChangeLimits | null,
  { hasOwnTables, maxStatementBytes }: Pick<Recognised, 'hasOwnTables' | 'maxStatementBytes'>,
): ChangeLog {
  return hasOwnTables && limits !== null ? createChangeLog(limits, maxStatementBytes) : NO_CHANGE_LOG;
}

function createChangeLog(limits: ChangeLimits, maxStatementBytes: number): ChangeLog {
  let untrimmed = 0;

  return {
    async transaction(link, run) {
      const entries: string[] = [];
      const result = await link.transaction(
        () =>
          run((kind, id, observedAtS, source) => {
            entries.push(
              `${entries.length + 1},'${kind}',${id},${observedAtS ?? 'NULL'},UNIX_TIMESTAMP(),'${source}'`,
            );
          }),
        () => commit(link, entries, maxStatementBytes),
      );
      untrimmed += entries.length;
      if (untrimmed >= TRIM_EVERY) {
        untrimmed = 0;
        await trim(link, limits);
      }
      return result;
    },
  };
}

/**
 * Numbers the entries, writes them and commits. The counter's row is locked last of all and until the COMMIT, so that
 * numbers become visible in their order. All of it is one statement: a client that stands still cannot hold the counter.
 */
async function commit(link: Link, entries: readonly string[], maxStatementBytes: number): Promise<void> {
  if (entries.length === 0) {
    await link.run('COMMIT');
    return;
  }
  const head = 'INSERT INTO tdl_change (seq, kind, id, observed_s, written_s, source) VALUES ';
  const parts = entries.map((entry) => `(LAST_INSERT_ID()+${entry})`);
  const inserts = [...statements(head, parts, '', maxStatementBytes / 2)];
  const count = `UPDATE tdl_log SET seq = LAST_INSERT_ID(seq) + ${entries.length}`;
  const patient = `SET STATEMENT innodb_lock_wait_timeout = ${COUNTER_WAIT_S} FOR`;
  const [insert = ''] = inserts;
  if (inserts.length === 1) {
    await link.run(`${patient} BEGIN NOT ATOMIC ${count}; ${insert}; COMMIT; END`);
    return;
  }
  await link.run(`${patient} ${count}`);
  for (const each of inserts) await link.run(each);
  await link.run('COMMIT');
}

/** What was written is committed: what goes wrong here is told by the next statement. */
async function trim(link: Link, limits: ChangeLimits): Promise<void> {
  try {
    const [[seq] = []] = await link.rows(trimmedUpTo(limits, 'UNIX_TIMESTAMP()'));
    if (seq !== null) await link.run(`DELETE FROM tdl_change WHERE seq <= ${seq}`);
  } catch {
    // Another writer does the same, as often as not.
  }
}
