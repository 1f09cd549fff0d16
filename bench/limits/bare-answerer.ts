/**
 * The least a server of one market can be, in a process of its own: it reads the rows by one statement and answers
 * them as JSON. What it takes is the client, the socket, the database, and a machine that is busy with other things.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import mysql, { type ConnectionOptions } from 'mysql2/promise';

/** A SQLite file, or how a server is reached. */
export type BareDatabase = { readonly file: string } | { readonly connection: ConnectionOptions };

const SQL = `SELECT item_id, supply_price, supply_units, supply_level, demand_price, demand_units, demand_level, modified
  FROM StationItem WHERE station_id = ? ORDER BY item_id`;

process.once('message', (database: BareDatabase) => {
  void serve(database).then((port) => process.send!(port));
});

async function serve(database: BareDatabase): Promise<number> {
  const read = await reader(database);
  const server = createServer((request, response) => {
    void Promise.resolve(read(Number(request.url!.slice('/markets/'.length)))).then((rows) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ rows })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function reader(database: BareDatabase): Promise<(marketId: number) => unknown> {
  if ('connection' in database) {
    const connection = await mysql.createConnection(database.connection);
    return async (marketId) => (await connection.query(SQL, [marketId]))[0];
  }
  const statement = new DatabaseSync(database.file, { readOnly: true, timeout: 10_000 }).prepare(SQL);
  return (marketId) => statement.all(marketId);
}
