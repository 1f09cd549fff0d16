import type { Change, ChangeKind, ChangePage, ChangeSource } from '../../../../domain/ports/store/changes.ts';
import { hasOwnTable } from './own-table.ts';
import type { Cell, QueryReader } from './reader.ts';

/** What the tables of the log hold. One statement, so that all of it is of one moment. */
export async function readChanges(
  reader: QueryReader,
  seq: number,
  limit: number,
): Promise<ChangePage | null> {
  if (!(await hasOwnTable(reader, 'tdl_change'))) return null;
  const rows = await reader.rows(
    `SELECT l.log_id, l.seq, (SELECT MIN(seq) FROM tdl_change), c.seq, c.kind, ${reader.dialect.exact('c.id')},
       c.observed_s, c.written_s, c.source
     FROM tdl_log l LEFT JOIN tdl_change c ON c.seq > ${seq} ORDER BY c.seq LIMIT ${limit}`,
  );
  const [[logId, last, first] = []] = rows;
  if (logId === undefined) return null;
  const lastSeq = Number(last);
  const firstSeq = first === null ? lastSeq + 1 : Number(first);
  const isKept = seq + 1 >= firstSeq && seq <= lastSeq;
  const changes = isKept
    ? rows.flatMap(([, , , ...cells]) => (cells[0] === null ? [] : [changeOf(cells)]))
    : null;
  return { logId: String(logId), lastSeq, changes };
}

function changeOf([seq, kind, id, observedS, writtenS, source]: readonly Cell[]): Change {
  return {
    seq: Number(seq),
    kind: kind as ChangeKind,
    id: BigInt(String(id)),
    observedAtS: observedS === null ? null : Number(observedS),
    writtenAtS: Number(writtenS),
    source: source as ChangeSource,
  };
}
