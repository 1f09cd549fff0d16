import type { Log } from '../../../../domain/ports/log.ts';
import type { Cell, Link } from '../connection.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { refusalOf } from '../errors.ts';
import { writeApart } from '../write-apart.ts';
import type { LockTuning } from '../markets/locks.ts';
import { literal, orUpdate, statements } from '../sql.ts';

/** The key first. */
export type Row = readonly [number, ...Cell[]];

export interface SmallTableSetup {
  readonly link: Link;
  readonly lock: LockTuning;
  readonly log: Log | undefined;
  readonly maxStatementBytes: number;
  /** Told of each row the database does not take. */
  readonly onRefused: (refusal: Refusal) => void;
}

/** A table of some hundred rows that an import tells again and again: only what differs is written. */
export class SmallTable {
  readonly #setup: SmallTableSetup;
  readonly #name: string;
  readonly #columns: readonly string[];
  readonly #stored: Map<number, string>;
  /** To be written; what another writer holds is tried again with the next ones. */
  #pending = new Map<number, Row>();

  private constructor(
    setup: SmallTableSetup,
    name: string,
    columns: readonly string[],
    stored: Map<number, string>,
  ) {
    this.#setup = setup;
    this.#name = name;
    this.#columns = columns;
    this.#stored = stored;
  }

  /** @param columns the key first */
  static async read(setup: SmallTableSetup, name: string, columns: readonly string[]): Promise<SmallTable> {
    const rows = await setup.link.rows(`SELECT ${columns.join()} FROM ${name}`);
    return new SmallTable(
      setup,
      name,
      columns,
      new Map(rows.map((row) => [Number(row[0]), JSON.stringify(row)])),
    );
  }

  get isWritten(): boolean {
    return this.#pending.size === 0;
  }

  /** Writes those that differ from what is stored; each statement is its own transaction. */
  async write(rows: readonly Row[]): Promise<void> {
    const { link, lock, log, maxStatementBytes, onRefused } = this.#setup;
    for (const row of rows) {
      if (this.#stored.get(row[0]) !== JSON.stringify(row)) this.#pending.set(row[0], row);
      else this.#pending.delete(row[0]);
    }
    if (this.isWritten) return;
    const head = `INSERT INTO ${this.#name} (${this.#columns.join()}) VALUES `;
    const tail = orUpdate(this.#columns.slice(1));
    const told = [...this.#pending.values()].sort(([a], [b]) => a - b);
    await writeApart(
      {
        link,
        lock,
        log,
        write: async (some) => {
          const values = some.map((row) => `(${row.map(literal).join()})`);
          await link.transaction(async () => {
            for (const sql of statements(head, values, tail, maxStatementBytes)) await link.run(sql);
          });
          for (const row of some) {
            this.#stored.set(row[0], JSON.stringify(row));
            this.#pending.delete(row[0]);
          }
        },
        giveUp: (row, fault, error) => {
          if (fault === 'deadlock' || fault === 'lockWait') return;
          this.#pending.delete(row[0]);
          onRefused(refusalOf(`${this.#name} ${row[0]}`, error));
        },
      },
      told,
    );
  }
}
