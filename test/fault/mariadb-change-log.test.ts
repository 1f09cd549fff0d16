import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { createMariadbDatabase } from '../contract/mariadb-database.ts';
import {
  COMMODITIES,
  GOLD_ROW,
  NOON_S,
  SYSTEM,
  addStations,
  snapshot,
  type TestDatabase,
} from '../contract/store-world.ts';
import { describeMariadb, INNODB_LOOK_MS, useMariadb } from '../support/mariadb.ts';
import { until } from '../support/until.ts';

const KEPT = { keepS: 86_400, keepEntries: 100_000 };

describeMariadb('the change log', () => {
  const server = useMariadb();
  let db: TestDatabase;
  beforeEach(async () => {
    db = await createMariadbDatabase(server);
    return () => db.dispose();
  });

  test('gives no number while a smaller one is not committed', async () => {
    const store = db.store('v12', { changeLog: KEPT });
    await store.useCatalogue(COMMODITIES);
    await store.beginChangeLog();
    await db.sql(
      `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES (${SYSTEM.Sol}, 'Sol', 0, 0, 0, NOW())`,
    );
    await addStations(db, [[1, 'One', SYSTEM.Sol]]);
    const other = await server.connect(db.target.mariadb?.connection.database);
    await other.query('START TRANSACTION');
    await other.query('UPDATE tdl_log SET seq = seq + 1');
    await other.query("INSERT INTO tdl_change VALUES (1, 'market', 2, 3, 4, 'live')");

    let isWritten = false;
    const writing = store
      .writeMarkets([snapshot([GOLD_ROW], { marketId: 1, stationName: 'One' })])
      .finally(() => (isWritten = true));
    const waits = "SELECT count(*) AS n FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'";
    await until(async () => (await db.sql(waits))[0]?.n === '1', INNODB_LOOK_MS);
    // Longer than a row is waited for.
    await sleep(1_500);
    expect(isWritten).toBe(false);
    expect((await db.queries().changesSince(0, 10))?.changes).toEqual([]);

    await other.query('COMMIT');
    await other.end();
    expect(await writing).toMatchObject([{ status: 'written' }]);
    expect((await db.queries().changesSince(0, 10))?.changes).toMatchObject([
      { seq: 1, id: 2n },
      { seq: 2, id: 1n, observedAtS: NOON_S },
    ]);
  });

  test('is packed in several statements where the server takes no long ones', async () => {
    const store = db.store('v12', { changeLog: KEPT });
    await store.useCatalogue(COMMODITIES);
    await store.beginChangeLog();
    const systems = Array.from({ length: 25_000 }, (_, i) => i + 1);
    await server.sql('SET GLOBAL max_allowed_packet = 1048576');
    try {
      const narrow = db.store('v12', { changeLog: KEPT });
      await narrow.learn(
        systems.map((id) => ({
          ...({ kind: 'system', id: BigInt(id), name: `System ${id}` } as const),
          ...{ x: 1, y: 2, z: 3, observedAtS: NOON_S },
        })),
      );
    } finally {
      await server.sql('SET GLOBAL max_allowed_packet = 16777216');
    }
    const page = await db.queries().changesSince(0, 30_000);
    expect(page?.changes?.map(({ seq, id }) => [seq, Number(id)])).toEqual(systems.map((id) => [id, id]));
  });
});
