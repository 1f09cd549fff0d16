import type { LogPosition } from '../../../domain/ports/store/changes.ts';

type Cell = string | number | bigint | null;

/** The log's id, the number of its newest entry, and that of the oldest one that is kept. */
export const SELECT_POSITION = 'SELECT log_id, seq, (SELECT MIN(seq) FROM tdl_change) FROM tdl_log';

/** Where a log is. */
export interface LogState {
  readonly position: LogPosition;
  /** Of the oldest entry that is kept; one more than the newest where none is. */
  readonly oldestSeq: number;
}

export function logStateOf([logId, seq, oldestSeq]: readonly Cell[]): LogState {
  const position = { logId: String(logId), seq: Number(seq) };
  return { position, oldestSeq: Number(oldestSeq ?? position.seq + 1) };
}

/** Whether everything since a position is still in a log. */
export function isKept({ position, oldestSeq }: LogState, since: LogPosition): boolean {
  return since.logId === position.logId && since.seq <= position.seq && oldestSeq <= since.seq + 1;
}

/** Ids of what has changed since then, each once. */
export function selectChanged(kind: 'market' | 'station', { seq }: LogPosition): string {
  return `SELECT DISTINCT id FROM tdl_change WHERE seq > ${seq} AND kind = '${kind}'`;
}
