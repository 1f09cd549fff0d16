import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHere } from '../support/here.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { DAEDALUS, dump, GALILEO, market, stop, world } from '../support/spansh-world.ts';

const DEMOTED = /are baseline now/;
const NEW_PRICE = 9_500;
const NEWER = { body: dump({ galileo: market(NEW_PRICE, 60) }), etag: '"two"' };

/** Galileo is newer, and the database does not take its rows. */
const SQLITE_REFUSAL = `CREATE TRIGGER refuse BEFORE UPDATE ON StationItem WHEN NEW.station_id = ${GALILEO}
  BEGIN SELECT raise(ABORT, 'not now'); END`;
const MARIADB_REFUSAL = `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
  IF NEW.station_id = ${GALILEO} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'; END IF`;

function refusedImport(refusal: string, mariadb?: MariadbServer): void {
  test('is not complete: nothing is published or demoted, and it is made again', async () => {
    const { server, cwd, rows, sql, startHere: start } = await world({ mariadb });
    const listings = () => readFileSync(join(cwd, 'data/listings.csv'), 'utf8');
    const first = start();
    await first.logged(DEMOTED);
    await stop(first);
    const published = listings();

    await sql(refusal);
    await sql(`UPDATE StationItem SET from_live = 1 WHERE station_id = ${DAEDALUS}`);
    Object.assign(server, NEWER);
    const second = start();
    const told = await second.logged(/the database refused 1 records of .*station \d+: .*not now/);
    expect(told).toMatchObject({ level: 50 });
    await stop(second);
    expect(second.log.filter(({ msg }) => /^published|baseline/.test(msg))).toEqual([]);
    expect(listings()).toBe(published);
    expect((await rows()).find(({ station_id }) => station_id === DAEDALUS)).toMatchObject({ from_live: 1 });

    await sql('DROP TRIGGER refuse');
    const third = start();
    await third.logged(DEMOTED);
    await stop(third);
    expect(listings()).toContain(`,${NEW_PRICE},`);
    expect((await rows()).map(({ from_live }) => from_live)).toEqual([0, 0]);
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(2);
  });

  test('by hand ends with 1, says why, and asks for no publication', async () => {
    const { server, cwd, sql, env, startHere: start } = await world({ mariadb });
    const first = start();
    await first.logged(DEMOTED);
    await stop(first);
    await sql(refusal);
    Object.assign(server, NEWER);
    const state = () => readFileSync(join(cwd, 'data/tradedangerous-listener-spansh.json'), 'utf8');
    const before = state();
    const args = ['import', `${server.url}/galaxy_stations.json.gz`];
    const { code, stderr } = await runHere({ cwd, env, args });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the database refused 1 records .*not now.*mend the database, then import it again/,
    );
    expect(stderr).not.toMatch(/tried again|\n {4}at /);
    expect(state()).toBe(before);
  });
}

describe('an import of which SQLite refuses some', () => refusedImport(SQLITE_REFUSAL));

describeMariadb('an import of which MariaDB refuses some', () =>
  refusedImport(
    MARIADB_REFUSAL,
    useMariadb({ args: ['--log-bin=binlog', '--server-id=1', '--log-bin-trust-function-creators=1'] }),
  ),
);
