import { expect, test } from 'vitest';
import { BulkWriter, Loading, type Rows, type RowWriter } from '../../src/infra/store/mariadb/bulk.ts';
import type { Link } from '../../src/infra/store/mariadb/connection.ts';

/** As the driver gives what the server says. */
const said = (errno: number) =>
  Object.assign(new Error(`number ${errno}`), { errno, sqlState: 'HY000', code: `ER_${errno}` });

interface Server {
  /** What the server says of a load. */
  readonly loaded?: Error | { readonly affectedRows: number; readonly warningStatus: number };
  readonly isLost?: boolean;
  readonly maxStatementBytes?: number;
  readonly loading?: Loading;
}

/** Rows that are written to a server that answers so, and what it was sent. */
async function write(
  run: (rows: RowWriter, of: (count: number, width?: number) => Rows) => Promise<void>,
  { loaded, isLost = false, maxStatementBytes = 1e9, loading = new Loading() }: Server = {},
) {
  const ran: string[] = [];
  const loads: { readonly sql: string; readonly pieces: readonly string[] }[] = [];
  const link = {
    lost: isLost,
    run: (sql: string) => Promise.resolve(ran.push(sql)),
    load: (sql: string, chunks: Iterable<Buffer>) => {
      const pieces = Array.from(chunks, String);
      loads.push({ sql, pieces });
      if (loaded instanceof Error) return Promise.reject(loaded);
      return Promise.resolve(
        loaded ?? { affectedRows: pieces.join('').split('\n').length - 1, warningStatus: 0 },
      );
    },
  };
  const of = (count: number, width = 4): Rows => ({
    ...{ table: 'Thing', columns: ['id', 'name', 'size'], count },
    values: Array.from({ length: count }, (_, i) => `${i},'${'ä'.repeat(width)}',${i}`),
  });
  const error = await new BulkWriter(link as unknown as Link, maxStatementBytes, loading)
    .run((rows) => run(rows, of))
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  return { error, ran, loads, loading };
}

const INSERTS = 'INSERT INTO Thing (id,name,size) VALUES ';
const UPDATES = ' ON DUPLICATE KEY UPDATE name = VALUES(name),size = VALUES(size)';

test.each([
  ['new ones', (rows: RowWriter, some: Rows) => rows.insert(some), 'INTO TABLE', ''],
  ['changed ones', (rows: RowWriter, some: Rows) => rows.upsert(some, ['id']), 'REPLACE INTO TABLE', UPDATES],
])('of %s two hundred are loaded, fewer are a statement', async (_, run, into, tail) => {
  const few = await write((rows, of) => run(rows, of(199)));
  expect(few.loads).toEqual([]);
  expect(few.ran).toHaveLength(1);
  expect(few.ran[0]).toMatch(/^INSERT INTO Thing \(id,name,size\) VALUES \(0,'ääää',0\),\(1,/);
  expect(few.ran[0]!.endsWith(`(198,'ääää',198)${tail}`)).toBe(true);
  const many = await write((rows, of) => run(rows, of(200)));
  expect(many.ran).toEqual([]);
  expect(many.loads).toHaveLength(1);
  const { sql, pieces } = many.loads[0]!;
  expect(sql).toContain(`LOAD DATA LOCAL INFILE 'rows' ${into} Thing CHARACTER SET utf8mb4`);
  expect(sql).toContain('(id,name,size)');
  expect(pieces).toHaveLength(1);
  expect(pieces[0]).toMatch(/^0,'ääää',0\n1,'ääää',1\n[^]*\n199,'ääää',199\n$/);
  expect(many.error).toBeNull();
});

test('what others refer to is never loaded, for what replaces a row deletes it', async () => {
  const { loads, ran } = await write((rows, of) => rows.upsertReferred(of(300), ['id']));
  expect(loads).toEqual([]);
  expect(ran.every((sql) => sql.startsWith(INSERTS) && sql.endsWith(UPDATES))).toBe(true);
});

test('no piece of a load is empty, and none is longer than the server takes, whatever its characters', async () => {
  const maxStatementBytes = 4_000;
  const { loads } = await write((rows, of) => rows.insert(of(200, 40)), { maxStatementBytes });
  const { pieces } = loads[0]!;
  expect(pieces.length).toBeGreaterThan(5);
  for (const piece of pieces) {
    expect(piece.endsWith('\n')).toBe(true);
    expect(piece.length).toBeGreaterThan(1);
    expect(Buffer.byteLength(piece)).toBeLessThan(maxStatementBytes);
  }
  expect(pieces.join('').split('\n')).toHaveLength(201);
  // Each row fills a piece: nothing is left for a last one.
  const [whole] = (await write((rows, of) => rows.insert(of(200, 1_000)), { maxStatementBytes })).loads;
  expect(whole!.pieces).toHaveLength(200);
});

test('statements are no longer than a tenth of a megabyte, or than the server takes', async () => {
  const { ran } = await write((rows, of) => rows.insert(of(150, 1_000)));
  expect(ran).toHaveLength(4);
  for (const sql of ran) expect(Buffer.byteLength(sql)).toBeLessThanOrEqual(100_000);
  const small = await write((rows, of) => rows.insert(of(150, 1_000)), { maxStatementBytes: 10_000 });
  expect(small.ran.length).toBeGreaterThan(30);
});

test.each([
  ['a row that is refused', said(1452)],
  ['a value that does not fit', said(1406)],
  ['an error nobody knows', said(9_999)],
  ['rows that were left out', { affectedRows: 199, warningStatus: 0 }],
  ['values that were changed to make them fit', { affectedRows: 200, warningStatus: 1 }],
])('where %s spoils a load, the whole transaction is run again with statements', async (_, loaded) => {
  let runs = 0;
  const { error, loads, ran, loading } = await write(
    (rows, of) => {
      runs++;
      return rows.insert(of(200));
    },
    { loaded },
  );
  expect(error).toBeNull();
  expect(runs).toBe(2);
  expect(loads).toHaveLength(1);
  expect(ran.length).toBeGreaterThan(0);
  expect(loading.isTried, 'the next is loaded all the same').toBe(true);
});

test.each([1148, 4166])('a server that allows no loads (%i) is not asked again', async (errno) => {
  const { loading } = await write((rows, of) => rows.insert(of(200)), { loaded: said(errno) });
  expect(loading.isTried).toBe(false);
  const { loads, ran } = await write((rows, of) => rows.insert(of(200)), { loading });
  expect(loads).toEqual([]);
  expect(ran.length).toBeGreaterThan(0);
});

test('a connection that is lost is told to who asked, and not loaded over any more after the second time', async () => {
  const loading = new Loading();
  const away = Object.assign(new Error('away'), { code: 'ECONNRESET' });
  for (const stillTried of [true, false]) {
    const { error, ran } = await write((rows, of) => rows.insert(of(200)), {
      ...{ loaded: away, isLost: true, loading },
    });
    expect(error).toBe(away);
    expect(ran).toEqual([]);
    expect(loading.isTried).toBe(stillTried);
  }
});

test('what a transaction itself throws, or waits for in vain, is not tried again', async () => {
  for (const thrown of [new TypeError('bug'), said(1213), said(1205)]) {
    let runs = 0;
    const { error } = await write(
      (rows, of) => {
        runs++;
        return rows.insert(of(200));
      },
      { loaded: thrown },
    );
    expect(error).toBe(thrown);
    expect(runs).toBe(1);
  }
});
