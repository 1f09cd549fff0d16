import type { ChangeLimits } from '../../../domain/ports/store/changes.ts';

/** After so many entries the oldest are looked at, twice as many. */
export const TRIM_EVERY = 500;

/** The number up to which entries go that are too old or too many; NULL: none. @param nowS an expression */
export function trimmedUpTo({ keepS, keepEntries }: ChangeLimits, nowS: string): string {
  return `SELECT MAX(seq) FROM (SELECT seq, written_s FROM tdl_change ORDER BY seq LIMIT ${2 * TRIM_EVERY}) oldest
    WHERE seq <= (SELECT seq FROM tdl_log) - ${keepEntries} OR written_s < ${nowS} - ${keepS}`;
}
