import type { Connection } from 'mysql2/promise';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import type { Writer } from '../benchmarks/writes.ts';
import { purged } from '../harness/mariadb.ts';

const COLUMNS = [
  ...['station_id', 'item_id', 'demand_price', 'demand_units', 'demand_level'],
  ...['supply_price', 'supply_units', 'supply_level', 'modified', 'from_live'],
];
const INSERT = `INSERT INTO StationItem (${COLUMNS.join()}) VALUES `;
const OR_UPDATE = ` ON DUPLICATE KEY UPDATE ${COLUMNS.slice(2)
  .map((column) => `${column} = VALUES(${column})`)
  .join()}`;

/** A statement a group of stations, which is its own transaction. */
export function upserts(connection: Connection): Writer {
  const each = (tail: string) => (markets: readonly Snapshot[]) =>
    connection.query(INSERT + valuesOf(markets) + tail);
  return {
    ...base(connection),
    names: { fresh: 'multi-row INSERT', update: 'multi-row upsert' },
    insert: each(''),
    update: each(OR_UPDATE),
  };
}

/** All rows of the stations are deleted, then inserted. */
export function replacements(connection: Connection): Writer {
  return {
    ...base(connection),
    names: { fresh: 'multi-row INSERT in a transaction', update: 'DELETE and multi-row INSERT' },
    insert: (markets) => inTransaction(connection, [INSERT + valuesOf(markets)]),
    update: (markets) =>
      inTransaction(connection, [
        `DELETE FROM StationItem WHERE station_id IN (${markets.map(({ marketId }) => marketId).join()})`,
        INSERT + valuesOf(markets),
      ]),
  };
}

async function inTransaction(connection: Connection, statements: readonly string[]): Promise<void> {
  await connection.query('START TRANSACTION');
  for (const sql of statements) await connection.query(sql);
  await connection.query('COMMIT');
}

function base(connection: Connection): Pick<Writer, 'clear' | 'settle'> {
  return { clear: () => connection.query('TRUNCATE StationItem'), settle: () => purged(connection) };
}

function valuesOf(markets: readonly Snapshot[]): string {
  const values: string[] = [];
  for (const { marketId, observedAtS, rows } of markets) {
    const tail = `'${formatTimestamp(observedAtS)}',1)`;
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      const n = (column: number) => rows[at + column]!;
      values.push(`(${marketId},${n(0)},${n(1)},${n(2)},${n(3)},${n(4)},${n(5)},${n(6)},${tail}`);
    }
  }
  return values.join();
}
