import { describe, expect, test } from 'vitest';
import { Loading } from '../../src/infra/store/mariadb/bulk.ts';
import { writeApart } from '../../src/infra/store/mariadb/write-apart.ts';

/** As the driver gives what the server says. */
const said = (errno: number) =>
  Object.assign(new Error(`number ${errno}`), { errno, sqlState: 'HY000', code: `ER_${errno}` });

const DEADLOCK = said(1213);
const LOCK_WAIT = said(1205);
const INVALID = said(1406);
const FAILED = said(1452);
const PUZZLE = said(9_999);

/** Ten records, of which some are refused, each so often. */
async function write(
  refused: Readonly<Record<number, Error>>,
  { times = Infinity, isLost = false, count = 10 } = {},
) {
  const written: (readonly number[])[] = [];
  const givenUp: (readonly [number, string])[] = [];
  const ran: string[] = [];
  const log: string[] = [];
  const left = new Map(Object.keys(refused).map((record) => [Number(record), times]));
  let attempts = 0;
  const records = Array.from({ length: count }, (_, i) => i);
  const link = {
    run: (sql: string) => Promise.resolve(ran.push(sql)),
    lost: isLost,
  };
  const done = writeApart(
    {
      link,
      lock: { timeoutMs: 1, maxRetries: 3, backoffStartMs: 1 },
      log: {
        ...{ info: () => undefined, warn: () => undefined, error: () => undefined },
        debug: (_, text) => void log.push(text),
      },
      write(some) {
        attempts++;
        const bad = some.find((record) => (left.get(record) ?? 0) > 0);
        if (bad === undefined) written.push(some);
        else left.set(bad, left.get(bad)! - 1);
        return bad === undefined ? Promise.resolve() : Promise.reject(refused[bad]!);
      },
      giveUp: (record, fault) => givenUp.push([record, fault]),
    },
    records,
  );
  const error = await done.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { written: written.flat(), transactions: written.length, givenUp, ran, log, attempts, error };
}

describe('records that are written together', () => {
  test('are one transaction where nothing stands in the way, and nothing is set or told', async () => {
    expect(await write({})).toMatchObject({
      ...{ written: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], transactions: 1, givenUp: [], ran: [], log: [] },
      error: null,
    });
  });

  test('of none there is no transaction', async () => {
    expect(await write({}, { count: 0 })).toMatchObject({ attempts: 0, error: null });
  });

  test.each([
    [INVALID, 'invalid'],
    [FAILED, 'failed'],
  ])('one that is refused (%s) is found, and all others are written, in their order', async (why, fault) => {
    for (const bad of [0, 4, 5, 9]) {
      const { written, givenUp, attempts, ran, error } = await write({ [bad]: why });
      expect(written).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((record) => record !== bad));
      expect(givenUp).toEqual([[bad, fault]]);
      expect(attempts, 'by halves').toBeLessThan(10);
      expect(ran).toEqual([]);
      expect(error).toBeNull();
    }
  });

  test('several are', async () => {
    const { written, givenUp } = await write({ 2: INVALID, 3: FAILED, 9: INVALID });
    expect(written).toEqual([0, 1, 4, 5, 6, 7, 8]);
    expect(givenUp).toEqual([
      [2, 'invalid'],
      [3, 'failed'],
      [9, 'invalid'],
    ]);
  });

  test('rows that are held are waited for once, and others wait again next time', async () => {
    const { written, givenUp, ran } = await write({ 3: LOCK_WAIT, 7: LOCK_WAIT });
    expect(written).toEqual([0, 1, 2, 4, 5, 6, 8, 9]);
    expect(givenUp).toEqual([
      [3, 'lockWait'],
      [7, 'lockWait'],
    ]);
    expect(ran).toEqual([
      'SET SESSION innodb_lock_wait_timeout = 0',
      'SET SESSION innodb_lock_wait_timeout = 1',
    ]);
  });

  test('what is in a deadlock is tried again as a whole, so often as the tuning says, and then by halves', async () => {
    expect(await write({ 3: DEADLOCK }, { times: 2 })).toMatchObject({
      ...{ transactions: 1, attempts: 3, givenUp: [] },
    });
    expect(await write({ 3: DEADLOCK }, { times: 3 })).toMatchObject({ transactions: 2, givenUp: [] });
    const always = await write({ 3: DEADLOCK });
    expect(always.written).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect(always.givenUp).toEqual([[3, 'deadlock']]);
  });

  test('an error nobody knows is of a record where others are taken', async () => {
    expect(await write({ 5: PUZZLE })).toMatchObject({ givenUp: [[5, 'failed']], error: null });
    const { written, givenUp } = await write({ 6: PUZZLE, 7: PUZZLE, 8: PUZZLE, 9: PUZZLE });
    expect(written).toEqual([0, 1, 2, 3, 4, 5]);
    expect(givenUp.map(([record]) => record)).toEqual([6, 7, 8, 9]);
  });

  test('and of the whole store where three are refused and none was taken, or it is all there is', async () => {
    const first = await write({ 0: PUZZLE, 1: PUZZLE, 2: PUZZLE });
    expect(first).toMatchObject({ written: [], givenUp: [], error: PUZZLE });
    expect(await write({ 0: PUZZLE, 1: PUZZLE })).toMatchObject({
      ...{ written: [2, 3, 4, 5, 6, 7, 8, 9], error: null },
      givenUp: [
        [0, 'failed'],
        [1, 'failed'],
      ],
    });
    expect(await write({ 0: PUZZLE }, { count: 1 })).toMatchObject({ givenUp: [], error: PUZZLE });
  });

  test('what is of no record ends it at once', async () => {
    const away = Object.assign(new Error('away'), { code: 'ECONNRESET' });
    const bug = new TypeError('bug');
    for (const why of [away, bug]) {
      expect(await write({ 9: why })).toMatchObject({ attempts: 1, givenUp: [], log: [], error: why });
    }
  });

  test('a connection that is lost meanwhile is asked nothing more', async () => {
    const away = Object.assign(new Error('away'), { code: 'ECONNRESET' });
    const lost = await write({ 3: LOCK_WAIT, 9: away }, { isLost: true });
    expect(lost.ran).toEqual(['SET SESSION innodb_lock_wait_timeout = 0']);
    expect(lost.error).toBe(away);
  });

  test('what was rolled back is told to who looks closely', async () => {
    const { log } = await write({ 0: INVALID }, { count: 1 });
    expect(log).toEqual(['a transaction was rolled back']);
  });
});

describe('loading rows', () => {
  test('is not tried any more after two that cost the connection in a row', () => {
    const loading = new Loading();
    expect(loading.isTried).toBe(true);
    loading.begin()('connectionLost');
    expect(loading.isTried).toBe(true);
    loading.begin()('worked');
    loading.begin()('connectionLost');
    expect(loading.isTried).toBe(true);
    loading.begin()('connectionLost');
    expect(loading.isTried).toBe(false);
  });

  test('of those side by side the loss of the server counts once', () => {
    const loading = new Loading();
    const side = [loading.begin(), loading.begin(), loading.begin()];
    for (const note of side) note('connectionLost');
    expect(loading.isTried).toBe(true);
  });

  test('is not tried any more by a server that takes none, unless one works after all', () => {
    const loading = new Loading();
    const other = loading.begin();
    loading.begin()('refused');
    expect(loading.isTried).toBe(false);
    other('connectionLost');
    expect(loading.isTried, 'what began before says nothing else').toBe(false);
    other('worked');
    expect(loading.isTried).toBe(true);
  });
});
