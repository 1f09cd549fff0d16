import type { Link } from './connection.ts';
import { isLoadRefused, isPuzzling, rowFault } from './errors.ts';
import { orUpdate, statements } from './sql.ts';

/** Rows for a table. */
export interface Rows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly count: number;
  /** Each as SQL literals with commas between. */
  readonly values: Iterable<string>;
}

export interface RowWriter {
  /** Writes rows of which none is stored yet. */
  insert(rows: Rows): Promise<void>;
  /** Writes rows of which some are stored under the same key, into a table that no other refers to. */
  upsert(rows: Rows, key: readonly string[]): Promise<void>;
  /** The same for a table that others refer to. */
  upsertReferred(rows: Rows, key: readonly string[]): Promise<void>;
}

/**
 * Whether LOAD DATA LOCAL is worth trying: not every server allows it, and not everything between it and us lets it
 * pass. Shared by the connections of a store.
 */
export class Loading {
  #lostInARow = 0;

  get isTried(): boolean {
    return this.#lostInARow < 2;
  }

  /**
   * Before each load.
   * @returns to be told what came of it, whatever became of its rows. Of loads side by side the server's going away
   *   costs all, which tells no more than one.
   */
  begin(): (outcome: 'worked' | 'connectionLost' | 'refused') => void {
    const before = this.#lostInARow;
    return (outcome) => {
      const losses = outcome === 'refused' ? Infinity : before + 1;
      this.#lostInARow = outcome === 'worked' ? 0 : Math.max(this.#lostInARow, losses);
    };
  }
}

/** Rows could not be loaded as they are: which, and why, a statement tells. */
class LoadFailedError extends Error {}

/** Fewer rows are not worth the additional round trip. */
const LOADED_FROM = 200;
/** Characters that are loaded at a time, at most. */
const CHUNK_LENGTH = 65_536;
/** Some 1,500 rows of a market: the next statement is made while the server works on this one. */
const STATEMENT_BYTES = 100_000;

/** Writes rows in bulk by LOAD DATA LOCAL, which costs the server two thirds of a statement with the same rows. */
export class BulkWriter {
  readonly #link: Link;
  readonly #statementBytes: number;
  readonly #chunkLength: number;
  readonly #loading: Loading;

  constructor(link: Link, maxStatementBytes: number, loading: Loading) {
    this.#link = link;
    this.#statementBytes = Math.min(maxStatementBytes, STATEMENT_BYTES);
    // Each piece is a packet; a character may take four bytes.
    this.#chunkLength = Math.min(maxStatementBytes / 4, CHUNK_LENGTH);
    this.#loading = loading;
  }

  /** Runs a transaction that writes rows; again, with statements, where they could not be loaded. */
  async run<T>(transaction: (rows: RowWriter) => Promise<T>): Promise<T> {
    if (this.#loading.isTried) {
      try {
        return await transaction(this.#byLoading);
      } catch (error) {
        if (!(error instanceof LoadFailedError)) throw error;
      }
    }
    return transaction(this.#byStatements);
  }

  readonly #byStatements: RowWriter = {
    insert: (rows) => this.#send(rows, ''),
    upsert: (rows, key) => this.#upsert(rows, key),
    upsertReferred: (rows, key) => this.#upsert(rows, key),
  };

  readonly #byLoading: RowWriter = {
    insert: (rows) =>
      rows.count < LOADED_FROM ? this.#byStatements.insert(rows) : this.#load('INTO TABLE', rows),
    upsert: (rows, key) =>
      rows.count < LOADED_FROM
        ? this.#byStatements.upsert(rows, key)
        : this.#load('REPLACE INTO TABLE', rows),
    // REPLACE may delete, and what refers to a row with it.
    upsertReferred: (rows, key) => this.#upsert(rows, key),
  };

  #upsert(rows: Rows, key: readonly string[]): Promise<void> {
    return this.#send(rows, orUpdate(rows.columns.filter((column) => !key.includes(column))));
  }

  async #send({ table, columns, values }: Rows, tail: string): Promise<void> {
    const head = `INSERT INTO ${table} (${columns.join()}) VALUES `;
    let running: Promise<unknown> = Promise.resolve();
    for (const sql of statements(head, tuples(values), tail, this.#statementBytes)) {
      await running;
      running = this.#link.run(sql);
      running.catch(() => undefined);
    }
    await running;
  }

  async #load(into: 'INTO TABLE' | 'REPLACE INTO TABLE', rows: Rows): Promise<void> {
    const { table, columns, count, values } = rows;
    const sql = `LOAD DATA LOCAL INFILE 'rows' ${into} ${table} CHARACTER SET utf8mb4
      FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\\'' LINES TERMINATED BY '\\n' (${columns.join()})`;
    const note = this.#loading.begin();
    let result;
    try {
      result = await this.#link.load(sql, chunks(values, this.#chunkLength));
    } catch (error) {
      if (this.#link.lost) note('connectionLost');
      else if (isLoadRefused(error)) note('refused');
      const fault = rowFault(error);
      throw fault === 'failed' || fault === 'invalid' || isPuzzling(error) ? new LoadFailedError() : error;
    }
    note('worked');
    // Left out, or changed to make it fit.
    if (result.affectedRows < count || result.warningStatus > 0) throw new LoadFailedError();
  }
}

function* tuples(rows: Iterable<string>): Generator<string> {
  for (const row of rows) yield `(${row})`;
}

function* chunks(lines: Iterable<string>, length: number): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < length) continue;
    yield Buffer.from(text);
    text = '';
  }
  // An empty piece is the protocol's end of all.
  if (text !== '') yield Buffer.from(text);
}
