import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPool, type Link } from '../../src/infra/store/mariadb/connection.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';

describeMariadb('a connection', () => {
  const server = useMariadb();
  let database: string;
  beforeAll(async () => {
    database = await server.createDatabase();
    await server.sql('CREATE TABLE t (n INT PRIMARY KEY)', database);
  });

  function pool(timeoutMs = 20_000) {
    const made = createPool(server.connection(database), timeoutMs);
    onTestFinished(() => made.close());
    return made;
  }

  test('that has a guard asks it once for every write, in a transaction or not, and for no reading', async () => {
    const link = await pool().acquire();
    let asked = 0;
    link.guard = () => Promise.resolve(void (asked += 1));
    const askedBy = async (work: () => Promise<unknown>) => {
      asked = 0;
      await work().catch(() => undefined);
      return asked;
    };
    const write = (n: number) => link.run(`REPLACE INTO t VALUES (${n})`);
    const both = () => link.transaction(async () => [await write(1), await write(2)]);
    const broken = () => link.transaction(() => link.run('INSERT INTO t VALUES (1)'));
    for (let round = 0; round < 2; round++) {
      expect(await askedBy(() => write(1))).toBe(1);
      expect(await askedBy(both)).toBe(1);
      expect(await askedBy(broken)).toBe(1);
      expect(await askedBy(() => link.rows('SELECT n FROM t'))).toBe(0);
    }
  });

  test('whose guard refuses writes nothing', async () => {
    const link = await pool().acquire();
    link.guard = () => Promise.reject(new Error('not ours any more'));
    for (const work of [
      () => link.run('INSERT INTO t VALUES (77)'),
      () => link.transaction(() => link.run('INSERT INTO t VALUES (77)')),
    ])
      await expect(work()).rejects.toThrow('not ours any more');
    expect(await server.sql('SELECT n FROM t WHERE n = 77', database)).toEqual([]);
  });

  const numbers = (link: Link, timeoutMs: number) =>
    link.stream('SELECT seq FROM seq_1_to_4000', timeoutMs)[Symbol.asyncIterator]();

  test('gives a long answer to whoever takes longer for all of it than it may stand still', async () => {
    const link = await pool().acquire();
    const answer = numbers(link, 400);
    let found = 0;
    for (let next = await answer.next(); next.done !== true; next = await answer.next()) {
      found += next.value.length;
      await sleep(150);
    }
    expect(found).toBe(4_000);
    expect(link.lost).toBe(false);
  });

  test('that was dropped is not given out again', async () => {
    const connections = pool();
    const link = await connections.acquire();
    const underway = link.rows('SELECT SLEEP(60)');
    link.destroy();
    link.release();
    await expect(underway).rejects.toThrow();
    for (let i = 0; i < 3; i++) {
      const next = await connections.acquire();
      expect(next).not.toBe(link);
      expect(await next.rows('SELECT 1')).toEqual([[1]]);
      next.release();
    }
  });
});
