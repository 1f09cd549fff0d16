import type { DatabaseSync } from 'node:sqlite';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import { openDatabase, transact } from '../../src/infra/store/sqlite/database.ts';
import type { Writer } from '../benchmarks/writes.ts';
import { ROWS } from '../generators/markets.ts';

const COLUMNS = [
  ...['station_id', 'item_id', 'demand_price', 'demand_units', 'demand_level'],
  ...['supply_price', 'supply_units', 'supply_level', 'modified', 'from_live'],
];
const INSERT = `INSERT INTO StationItem (${COLUMNS.join()}) VALUES `;
const VALUES = '(?, ?, ?, ?, ?, ?, ?, ?, ?, 1)';
const OR_UPDATE = ` ON CONFLICT (station_id, item_id) DO UPDATE SET ${COLUMNS.slice(2)
  .map((column) => `${column} = excluded.${column}`)
  .join()}`;

type BareWriter = Writer & { readonly close: () => void };

/** A statement a station. */
export function wholeStations(file: string): BareWriter {
  const { db, ...rest } = open(file);
  const values = Array<string>(ROWS).fill(VALUES).join();
  const insert = db.prepare(INSERT + values);
  const upsert = db.prepare(INSERT + values + OR_UPDATE);
  const each = (statement: typeof insert) => (markets: readonly Snapshot[]) =>
    transact(db, () => {
      for (const market of markets) {
        const cells: (number | string)[] = [];
        forRows(market, (...row) => void cells.push(...row));
        statement.run(...cells);
      }
    });
  return {
    ...rest,
    names: { fresh: 'an INSERT a station', update: 'an upsert a station' },
    insert: each(insert),
    update: each(upsert),
  };
}

/** A statement a row; all rows of a station are deleted first where there are some. */
export function rowByRow(file: string): BareWriter {
  const { db, ...rest } = open(file);
  const insert = db.prepare(INSERT + VALUES);
  const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ?');
  const each = (clear: (marketId: number) => void) => (markets: readonly Snapshot[]) =>
    transact(db, () => {
      for (const market of markets) {
        clear(market.marketId);
        forRows(market, (...row) => void insert.run(...row));
      }
    });
  return {
    ...rest,
    names: { fresh: 'an INSERT a row', update: 'DELETE a station, INSERT a row' },
    insert: each(() => undefined),
    update: each((marketId) => void remove.run(marketId)),
  };
}

/** With the settings of the store. */
function open(file: string): { db: DatabaseSync } & Pick<BareWriter, 'clear' | 'settle' | 'close'> {
  const { db } = openDatabase(file, 'v12');
  return {
    db,
    clear: () => db.exec('DELETE FROM StationItem'),
    settle: () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => db.close(),
  };
}

type Cells = [...numbers: number[], modified: string];

function forRows({ marketId, observedAtS, rows }: Snapshot, use: (...cells: Cells) => void): void {
  const modified = formatTimestamp(observedAtS);
  const n = (at: number) => rows[at]!;
  for (let at = 0; at < rows.length; at += ROW_WIDTH)
    use(marketId, n(at), n(at + 1), n(at + 2), n(at + 3), n(at + 4), n(at + 5), n(at + 6), modified);
}
