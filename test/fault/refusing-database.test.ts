import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startProgram, writeConfig, type Program } from '../support/daemon.ts';
import { makeGalaxy, marketRows, withDatabase } from '../support/galaxy.ts';
import { ask } from '../support/http.ts';
import { startHere } from '../support/here.ts';
import { startLiveDaemonBy } from '../support/live-daemon.ts';
import { startMariadbDaemon } from '../support/mariadb-daemon.ts';
import { makeMariadbGalaxy, mariadbRows } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { troubles } from '../support/program-output.ts';
import type { Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const CONFIG = { http_listen: '127.0.0.1:0', listener_db_backoff_min: 0.1, listener_db_backoff_cap: 0.3 };
const MARKETS = [1, 2, 3, 4, 5];
const TOLD = /^database not available, .*refuses every market: not now/;
const MENDED = /^database available again/;

interface Refusing {
  readonly program: Program;
  readonly relay: Relay;
  readonly sql: (statement: string) => Promise<unknown>;
  readonly written: () => Promise<number[]>;
}

const IDS = (rows: readonly { readonly station_id: number }[]) => [
  ...new Set(rows.map(({ station_id }) => station_id)),
];

/** One line when it begins, one when it ends, not ready from the one to the other, and nothing is lost. */
async function tellsOnce({ program, relay, sql, written }: Refusing, refusal: string): Promise<void> {
  await sql(refusal);
  const url = String((await program.logged(/^http: http/)).url);
  const ready = async () => JSON.parse((await ask(`${url}/ready`)).bytes.toString()) as { reasons: string[] };
  for (const marketId of MARKETS) await relay.publish(frame(commodityMessage({ marketId })));
  await program.logged(TOLD);
  for (let looks = 0; looks < 60; looks++) {
    expect((await ready()).reasons[0]).toMatch(/^database: /);
    await sleep(25);
  }
  const status = JSON.parse((await ask(`${url}/status`)).bytes.toString()) as { actors: unknown[] };
  expect(JSON.stringify(status.actors)).toContain('refuses every market: not now');
  expect(await written()).toEqual([]);

  await sql('DROP TRIGGER refuse');
  await program.logged(MENDED);
  await until(async () => (await written()).length === MARKETS.length);
  await until(async () => (await ready()).reasons.length === 0);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
  expect(troubles(program.log)).toEqual([expect.stringMatching(TOLD)]);
  expect(program.log.filter(({ msg }) => msg.startsWith('database available again'))).toHaveLength(1);
}

const SQLITE_REFUSAL =
  "CREATE TRIGGER refuse BEFORE INSERT ON StationItem BEGIN SELECT raise(ABORT, 'not now'); END";
const MARIADB_REFUSAL = `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'`;

describe('an SQLite database that refuses every row', () => {
  test('is told once, until it is mended', async () => {
    const { program, relay, database } = await startLiveDaemonBy(startHere, { config: CONFIG });
    const sql = (statement: string) => {
      withDatabase(database, (db) => db.exec(statement));
      return Promise.resolve();
    };
    const written = () => Promise.resolve(IDS(marketRows(database)));
    await tellsOnce({ program, relay, sql, written }, SQLITE_REFUSAL);
  });

  test('does not let a replay stand without a word', async () => {
    const cwd = tempDir();
    writeConfig(cwd, CONFIG);
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    withDatabase(database, (db) => db.exec(SQLITE_REFUSAL));
    const messages = MARKETS.map((marketId) => JSON.stringify(commodityMessage({ marketId })));
    writeFileSync(join(cwd, 'messages.jsonl'), messages.join('\n'));
    const program = startProgram({ cwd, args: ['replay', 'messages.jsonl'] });
    let told = '';
    program.process.stderr.on('data', (piece: Buffer) => (told += piece.toString()));
    await until(() => told.includes('refuses every market: not now'));
    withDatabase(database, (db) => db.exec('DROP TRIGGER refuse'));
    expect((await program.exit).code).toBe(0);
    expect(IDS(marketRows(database))).toEqual(MARKETS);
  });
});

test('a market that is refused among others is told once, and parked in the end', async () => {
  const { program, relay, database, rate } = await startLiveDaemonBy(startHere, {
    config: { ...CONFIG, listener_db_max_retries: 2 },
  });
  withDatabase(database, (db) => {
    db.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON StationItem WHEN NEW.station_id = 3 BEGIN SELECT raise(ABORT, 'not it'); END",
    );
  });
  for (const marketId of MARKETS) await relay.publish(frame(commodityMessage({ marketId })));
  await rate(({ parked }) => parked === 1);
  expect(troubles(program.log)).toEqual([expect.stringMatching(/refuses some markets, .*not it$/)]);
  expect(IDS(marketRows(database))).toEqual([1, 2, 4, 5]);
});

describeMariadb('a MariaDB database that refuses every row', () => {
  const server = useMariadb();

  test('is told once, until it is mended', async () => {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    const { program, relay } = await startMariadbDaemon(server, database, { config: CONFIG });
    const sql = (statement: string) => server.sql(statement, database);
    const written = async () => IDS(await mariadbRows(server, database));
    await tellsOnce({ program, relay, sql, written }, MARIADB_REFUSAL);
  });
});
