import type { Aggregate } from '../../../domain/ports/store/aggregate-store.ts';
import { AGGREGATE_COLUMNS, AGGREGATE_TABLE, aggregateOf } from '../shared/aggregates.ts';
import type { Link } from './connection.ts';
import { hasTable } from './galaxy/own-tables.ts';
import { text } from './sql.ts';

export async function readAggregates(link: Link, kind: string): Promise<Aggregate[]> {
  if (!(await hasTable(link, AGGREGATE_TABLE))) return [];
  const rows = await link.rows(
    `SELECT ${AGGREGATE_COLUMNS} FROM ${AGGREGATE_TABLE} WHERE kind = ${text(kind)} ORDER BY id`,
  );
  return rows.map(aggregateOf);
}

/** @returns false: what is there is not the version before */
export async function putAggregate(link: Link, { kind, id, version, json }: Aggregate): Promise<boolean> {
  const written = await link.run(
    version === 1
      ? `INSERT IGNORE INTO ${AGGREGATE_TABLE} (${AGGREGATE_COLUMNS})
         VALUES (${text(kind)}, ${text(id)}, ${version}, ${text(json)})`
      : `UPDATE ${AGGREGATE_TABLE} SET version = ${version}, json = ${text(json)}
         WHERE kind = ${text(kind)} AND id = ${text(id)} AND version = ${version - 1}`,
  );
  return written === 1;
}

export async function removeAggregate(link: Link, kind: string, id: string): Promise<void> {
  if (!(await hasTable(link, AGGREGATE_TABLE))) return;
  await link.run(`DELETE FROM ${AGGREGATE_TABLE} WHERE kind = ${text(kind)} AND id = ${text(id)}`);
}
