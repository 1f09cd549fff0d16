import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import type { PoolConnection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';
import { addressOf, Link } from '../../src/infra/store/mariadb/connection.ts';

interface Query {
  readonly sql: string;
  readonly timeout: number;
  readonly infileStreamFactory?: () => Readable;
}

/** A link on a driver's connection that answers so, and what became of it. */
function world(answer: (query: Query) => unknown = () => ({ affectedRows: 1 })) {
  const asked: string[] = [];
  const timeouts: number[] = [];
  const dropped: unknown[] = [];
  const sent: { readonly buffer: Buffer }[] = [];
  let released = 0;
  const stream = Object.assign(new EventEmitter(), { destroy: (reason: unknown) => dropped.push(reason) });
  const connection = Object.assign(new EventEmitter(), {
    connection: { stream, writePacket: (packet: { buffer: Buffer }) => void sent.push(packet) },
    query: async (query: Query) => {
      asked.push(query.sql);
      timeouts.push(query.timeout);
      return [await answer(query)];
    },
    release: () => released++,
  });
  const link = new Link(connection as unknown as PoolConnection, 1_000);
  return { asked, connection, dropped, link, released: () => released, sent, stream, timeouts };
}

const failed = (how: object) => Object.assign(new Error('failed'), { ...how, sql: 'megabytes' });

test.each([
  [{}, 'db:3306/td'],
  [{ socketPath: '/run/db.sock' }, '/run/db.sock/td'],
])('a server is named by where it is reached: %j', (how, name) => {
  expect(addressOf({ host: 'db', port: 3306, user: 'u', password: 'p', database: 'td', ...how })).toBe(name);
});

test('a statement has the time of its connection, unless it says otherwise', async () => {
  const { link, timeouts } = world(({ sql }) => (sql === 'SELECT 1' ? [[1]] : { affectedRows: 7 }));
  expect(await link.rows('SELECT 1')).toEqual([[1]]);
  expect(await link.run('DELETE')).toBe(7);
  await link.rows('SELECT 1', 5);
  await link.run('DELETE', 6);
  expect(timeouts).toEqual([1_000, 1_000, 5, 6]);
});

describe('a transaction', () => {
  test('is committed when it is done, in whatever way it wants to be', async () => {
    const { asked, link } = world();
    expect(await link.transaction(async () => [await link.run('UPDATE'), 'done'])).toEqual([1, 'done']);
    expect(asked.splice(0)).toEqual(['START TRANSACTION', 'UPDATE', 'COMMIT']);
    await link.transaction(
      () => Promise.resolve(),
      async () => {
        await link.run('COMMIT AND MORE');
      },
    );
    expect(asked).toEqual(['START TRANSACTION', 'COMMIT AND MORE']);
  });

  test('is rolled back when it fails, by a connection that is there', async () => {
    const { asked, link } = world();
    const error = new Error('no');
    await expect(link.transaction(() => Promise.reject(error))).rejects.toBe(error);
    expect(asked.splice(0)).toEqual(['START TRANSACTION', 'ROLLBACK']);
    await expect(
      link.transaction(() => {
        link.destroy();
        return Promise.reject(error);
      }),
    ).rejects.toBe(error);
    expect(asked).toEqual(['START TRANSACTION']);
  });

  test('is what a guarded connection writes in, and begins with its guard', async () => {
    const { asked, link } = world();
    link.guard = async () => {
      await link.rows('LOOK');
    };
    for (const sql of ['INSERT x', ' update x', 'DELETE x', 'REPLACE x']) {
      await link.run(sql);
      expect(asked.splice(0)).toEqual(['START TRANSACTION', 'LOOK', sql, 'COMMIT']);
    }
    await link.load('LOAD x', []);
    expect(asked.splice(0)).toEqual(['START TRANSACTION', 'LOOK', 'LOAD x', 'COMMIT']);
    await link.transaction(async () => {
      await link.run('INSERT x');
      await link.load('LOAD x', []);
    });
    expect(asked.splice(0)).toEqual(['START TRANSACTION', 'LOOK', 'INSERT x', 'LOAD x', 'COMMIT']);
    for (const sql of ['SET x', 'CREATE x', 'INSERTED', 'SELECT UPDATE x']) await link.run(sql);
    expect(asked).toHaveLength(4);
    link.guard = () => Promise.reject(new Error('not leading'));
    asked.length = 0;
    await expect(link.run('INSERT x')).rejects.toThrow('not leading');
    expect(asked).toEqual(['START TRANSACTION', 'ROLLBACK']);
  });
});

test('a load sends its text, and leaves nothing on the socket', async () => {
  const own = () => undefined;
  let sent = '';
  const { link, stream } = world(async ({ infileStreamFactory }) => {
    // As the driver does after a refused load.
    stream.on('pause', () => undefined);
    stream.on('drain', () => undefined);
    sent = await textOf(infileStreamFactory!());
    return { affectedRows: 2, warningStatus: 1 };
  });
  stream.on('drain', own);
  const result = await link.load('LOAD', [Buffer.from('a\n'), Buffer.from('b\n')]);
  expect(result).toEqual({ affectedRows: 2, warningStatus: 1 });
  expect(sent).toBe('a\nb\n');
  expect(stream.listeners('drain')).toEqual([own]);
  expect(stream.listeners('pause')).toEqual([]);
});

test('of the empty packets, which the driver has one of, each connection sends its own', () => {
  const { connection, sent } = world();
  const packetOf = (length: number) => {
    const packet = { buffer: Buffer.alloc(length, 7), length: () => length, clone: () => ({ ...packet }) };
    return packet;
  };
  const [empty, full] = [packetOf(4), packetOf(5)];
  connection.connection.writePacket(empty);
  connection.connection.writePacket(full);
  expect(sent[0]!.buffer).toEqual(empty.buffer);
  expect(sent[0]!.buffer).not.toBe(empty.buffer);
  expect(sent[1]).toBe(full);
});

describe('a connection', () => {
  test.each(['error', 'end'])('that is gone (%s) is lost, and not given back', (event) => {
    const { connection, dropped, link, released } = world();
    expect(link.lost).toBe(false);
    connection.emit(event, new Error('gone'));
    expect(link.lost).toBe(true);
    link.release();
    link.destroy();
    expect(released()).toBe(0);
    expect(dropped).toEqual([]);
  });

  test('that is there is given back', () => {
    const { link, released } = world();
    link.release();
    expect(released()).toBe(1);
  });

  test('is dropped once, at once', () => {
    const { dropped, link } = world();
    link.destroy();
    link.destroy();
    expect(link.lost).toBe(true);
    expect(dropped).toHaveLength(1);
    expect(dropped[0]).toMatchObject({
      message: 'the connection was dropped',
      code: 'PROTOCOL_CONNECTION_LOST',
    });
  });

  test.each([
    [{ code: 'PROTOCOL_SEQUENCE_TIMEOUT' }, true],
    [{ code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }, false],
  ])(
    'whose statement fails with %j is dropped: %s; its text is nothing for a log',
    async (how, isDropped) => {
      const error = failed(how);
      const { link } = world(() => Promise.reject(error));
      await expect(link.rows('SELECT 1')).rejects.toBe(error);
      expect(error).not.toHaveProperty('sql');
      expect(link.lost).toBe(isDropped);
    },
  );
});
