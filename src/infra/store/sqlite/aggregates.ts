import type { DatabaseSync } from 'node:sqlite';
import type { Aggregate } from '../../../domain/ports/store/aggregate-store.ts';
import { AGGREGATE_COLUMNS, AGGREGATE_TABLE, aggregateOf } from '../shared/aggregates.ts';
import { hasTable } from './galaxy/own-tables.ts';

export function readAggregates(db: DatabaseSync, kind: string): Aggregate[] {
  if (!hasTable(db, AGGREGATE_TABLE)) return [];
  const rows = db
    .prepare(`SELECT ${AGGREGATE_COLUMNS} FROM ${AGGREGATE_TABLE} WHERE kind = ? ORDER BY id`)
    .all(kind);
  return rows.map((row) => aggregateOf(Object.values(row)));
}

/** @returns false: what is there is not the version before */
export function putAggregate(db: DatabaseSync, { kind, id, version, json }: Aggregate): boolean {
  const written =
    version === 1
      ? db
          .prepare(`INSERT OR IGNORE INTO ${AGGREGATE_TABLE} (${AGGREGATE_COLUMNS}) VALUES (?, ?, ?, ?)`)
          .run(kind, id, version, json)
      : db
          .prepare(
            `UPDATE ${AGGREGATE_TABLE} SET version = ?, json = ? WHERE kind = ? AND id = ? AND version = ?`,
          )
          .run(version, json, kind, id, version - 1);
  return written.changes === 1;
}

export function removeAggregate(db: DatabaseSync, kind: string, id: string): void {
  if (!hasTable(db, AGGREGATE_TABLE)) return;
  db.prepare(`DELETE FROM ${AGGREGATE_TABLE} WHERE kind = ? AND id = ?`).run(kind, id);
}
