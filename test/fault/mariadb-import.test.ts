import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { DumpBatch } from '../../src/domain/spansh/records.ts';
import {
  batch,
  importInto,
  NO_TABLES,
  station,
  stationRow,
  systemRow,
  vendor,
} from '../contract/store-galaxy-batches.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import {
  countLoads,
  ITEMS,
  market,
  NOON_S,
  readMarkets,
  shown,
  withWorld,
} from '../support/mariadb-world.ts';

const STATIONS = 40;
const ALL = Array.from({ length: STATIONS }, (_, i) => i + 1);
const SHIPS = [128_049_249, 128_049_255];

describeMariadb('an import beside others', () => {
  const server = useMariadb();

  /** Markets and shipyards of stations, as a dump tells them. */
  function dump(ids: readonly number[] = ALL, atS = NOON_S): DumpBatch {
    return batch({
      ships: SHIPS.map((id) => ({ id, name: `Ship ${id}` })),
      stations: ids.map((id) =>
        station({
          id: BigInt(id),
          market: { observedAtS: atS, rows: Int32Array.from(market(id, atS).rows) },
          shipyard: vendor(SHIPS, atS),
        }),
      ),
    });
  }

  /** What {@link readMarkets} shows of it. */
  function imported(ids: readonly number[], atS = NOON_S): Map<number, string> {
    return new Map(ids.map((id) => [id, shown(market(id, atS)).replace(/1$/, '0')]));
  }

  test('a station another writer holds is put off alone, and written by finish when it is free', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await other.query("SELECT GET_LOCK('td.station.7', 0)");
      const running = await store.beginImport(NO_TABLES);
      expect(await running.apply(dump())).toMatchObject({ markets: STATIONS - 1, deferred: 1 });
      expect(await readMarkets(server, database)).toEqual(imported(ALL.filter((id) => id !== 7)));
      const finished = running.finish();
      await sleep(1_200);
      await other.query("SELECT RELEASE_LOCK('td.station.7')");
      expect(await finished).toMatchObject({ markets: 1, marketRows: ITEMS.length, vendors: 1, deferred: 0 });
      await running.close();
      expect(await readMarkets(server, database)).toEqual(imported(ALL));
    }));

  test('what was put off is written by the next call, in its newest form', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await other.query("SELECT GET_LOCK('td.station.7', 0)");
      const running = await store.beginImport(NO_TABLES);
      await running.apply(dump([7]));
      expect(await running.apply(dump([7], NOON_S + 60))).toMatchObject({ markets: 0, deferred: 1 });
      await other.query("SELECT RELEASE_LOCK('td.station.7')");
      expect(await running.apply(batch({}))).toMatchObject({ markets: 1, deferred: 0 });
      await running.close();
      expect(await readMarkets(server, database)).toEqual(imported([7], NOON_S + 60));
    }));

  test('aborting ends the waiting for a station', () =>
    withWorld(server, STATIONS, async (store, _, other) => {
      await other.query("SELECT GET_LOCK('td.station.7', 0)");
      const running = await store.beginImport(NO_TABLES);
      await running.apply(dump([7]));
      await expect(running.finish(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'aborted' });
      await running.close();
      expect(await importInto(store, [dump([8])])).toMatchObject([{ markets: 1 }]);
    }));

  test('rows that another transaction holds put off their station only', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await importInto(store, [dump()]);
      await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
      const running = await store.beginImport(NO_TABLES);
      expect(await running.apply(dump(ALL, NOON_S + 1))).toMatchObject({
        markets: STATIONS - 1,
        deferred: 1,
      });
      await other.query('COMMIT');
      expect(await running.finish()).toMatchObject({ markets: 1, deferred: 0 });
      await running.close();
      expect(await readMarkets(server, database)).toEqual(imported(ALL, NOON_S + 1));
    }));

  test('a system that another transaction holds is written later', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM System WHERE system_id = 1 FOR UPDATE');
      const running = await store.beginImport(NO_TABLES);
      const told = systemRow({ id: 1n, name: 'Told', modifiedS: 4_000_000_000 });
      const beside = systemRow({ id: 2n, name: 'Beside' });
      expect(await running.apply(batch({ systems: [told, beside] }))).toMatchObject({ systems: 1 });
      await other.query('COMMIT');
      expect(await running.finish()).toMatchObject({ systems: 1 });
      await running.close();
      expect(await server.sql('SELECT name FROM System ORDER BY system_id', database)).toEqual([
        { name: 'Told' },
        { name: 'Beside' },
      ]);
    }));

  describe('loading in bulk', () => {
    /** So many that their rows in `Station` are loaded, too. */
    const NEW = Array.from({ length: 210 }, (_, i) => 101 + i);

    /** New stations. */
    function newcomers(name: (id: number) => string): DumpBatch {
      const stations = NEW.map((id) =>
        station({
          id: BigInt(id),
          row: stationRow({ systemId: 1n, name: name(id) }),
          market: { observedAtS: NOON_S, rows: Int32Array.from(market(id, NOON_S).rows) },
        }),
      );
      return batch({ stations });
    }

    test('a server that does not allow it takes statements', () =>
      withWorld(server, STATIONS, async (store, database) => {
        const before = await countLoads(server);
        await importInto(store, [newcomers((id) => `Station ${id}`)]);
        const allowed = await countLoads(server);
        expect(allowed).toBeGreaterThan(before);
        expect(await readMarkets(server, database)).toEqual(imported(NEW));
        await server.sql('DELETE FROM StationItem', database);
        await server.sql('DELETE FROM Station WHERE station_id > 100', database);
        await server.sql('SET GLOBAL local_infile = 0');
        try {
          const [counts] = await importInto(store, [newcomers((id) => `Station ${id}`)]);
          expect(counts).toMatchObject({ stations: NEW.length, markets: NEW.length });
        } finally {
          await server.sql('SET GLOBAL local_infile = 1');
        }
        expect(await countLoads(server)).toBeLessThanOrEqual(allowed + 1);
        expect(await readMarkets(server, database)).toEqual(imported(NEW));
      }));

    test('what would be changed to make it fit is refused, and only that', () =>
      withWorld(server, STATIONS, async (store, database) => {
        const odd = newcomers((id) => (id === 102 ? 'too long '.repeat(30) : `Station ${id}`));
        const [counts] = await importInto(store, [odd]);
        expect(counts).toMatchObject({ stations: NEW.length - 1, markets: NEW.length - 1 });
        expect(await readMarkets(server, database)).toEqual(imported(NEW.filter((id) => id !== 102)));
      }));
  });

  test('an import of another program keeps ours out', () =>
    withWorld(server, STATIONS, async (store, _, other) => {
      await other.query("SELECT GET_LOCK('td.spansh.import', 0)");
      const refused = await store.beginImport(NO_TABLES).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'StoreError', code: 'busy', retryable: true });
      expect(refused).toHaveProperty('advice', expect.stringContaining('wait'));
      await other.query("SELECT RELEASE_LOCK('td.spansh.import')");
      await (await store.beginImport(NO_TABLES)).close();
    }));

  test('no lock outlives an import', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await importInto(store, [dump()]);
      const names = ['td.spansh.import', ...ALL.map((id) => `td.station.${id}`)];
      const [row] = await server.sql(
        `SELECT ${names.map((name) => `IS_FREE_LOCK('${name}')`).join(' + ')} AS free`,
        database,
      );
      expect(row).toEqual({ free: String(STATIONS + 1) });
    }));

  test('the feed is written meanwhile, and the newest observation of each station stays', () =>
    withWorld(server, STATIONS, async (store, database) => {
      const running = await store.beginImport(NO_TABLES);
      const newest = new Map<number, string>();
      let waiting = new Map<number, ReturnType<typeof market>>();
      async function dumpSide(): Promise<void> {
        for (let i = 0; i < 20; i++) await running.apply(dump(ALL, NOON_S + i * 10));
        await running.finish();
      }
      async function feedSide(): Promise<void> {
        for (let i = 0; i < 20 || waiting.size > 0; i++) {
          // Every other station becomes newer than anything in the dump.
          const fresh = ALL.filter((id) => i < 20 && id % 2 === 0).map((id) => market(id, NOON_S + 500 + i));
          for (const each of fresh) waiting.set(each.marketId, each);
          const sent = [...waiting.values()];
          const outcomes = await store.writeMarkets(sent);
          for (const { status } of outcomes) expect(['written', 'contended']).toContain(status);
          waiting = new Map(
            sent.filter((_, at) => outcomes[at]?.status === 'contended').map((each) => [each.marketId, each]),
          );
        }
      }
      await Promise.all([dumpSide(), feedSide()]);
      await running.close();
      for (const id of ALL) {
        newest.set(
          id,
          id % 2 === 0 ? shown(market(id, NOON_S + 519)) : imported([id], NOON_S + 190).get(id)!,
        );
      }
      expect(await readMarkets(server, database)).toEqual(newest);
    }));

  test('mean prices are left alone while it runs, and follow afterwards', () =>
    withWorld(server, STATIONS, async (store, database) => {
      const meanPrices = () => server.sql('SELECT DISTINCT avg_price FROM Item', database);
      const running = await store.beginImport(NO_TABLES);
      await store.writeMarkets([market(1, NOON_S)]);
      expect(await meanPrices()).toEqual([{ avg_price: null }]);
      await running.close();
      await store.writeMarkets([market(1, NOON_S + 4)]);
      expect(await meanPrices()).toEqual([{ avg_price: '5' }]);
    }));

  test('a connection lost in the middle is a retryable error, and the next import completes', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM System WHERE system_id = 1 FOR UPDATE');
      const running = await store.beginImport(NO_TABLES);
      const system = systemRow({ id: 1n, modifiedS: 4_000_000_000 });
      const failed = running.apply(batch({ ...dump(), systems: [system] })).catch((error: unknown) => error);
      await server.sql(
        `BEGIN NOT ATOMIC
           DECLARE importer BIGINT;
           REPEAT
             DO SLEEP(0.01);
             SET importer = (SELECT ID FROM information_schema.PROCESSLIST
               WHERE ID = IS_USED_LOCK('td.spansh.import') AND INFO LIKE '%FOR UPDATE');
           UNTIL importer IS NOT NULL END REPEAT;
           KILL CONNECTION importer;
         END`,
      );
      expect(await failed).toMatchObject({ name: 'StoreError', code: 'unavailable', retryable: true });
      await expect(running.finish()).rejects.toMatchObject({ name: 'StoreError', retryable: true });
      await running.close();
      await other.query('COMMIT');
      expect(await importInto(store, [batch({ ...dump(), systems: [system] })])).toMatchObject([
        { systems: 1, markets: STATIONS, deferred: 0 },
      ]);
      expect(await readMarkets(server, database)).toEqual(imported(ALL));
    }));

  test('demotion waits for a station another writer holds', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await store.writeMarkets(ALL.map((id) => market(id, NOON_S)));
      const lines = new Map<string, string[]>();
      await store.exportListings('all', (chunk) => {
        for (const line of new TextDecoder().decode(chunk).split('\n').slice(1, -1)) {
          const [, id = '', ...rest] = line.split(',');
          lines.set(id, [...(lines.get(id) ?? []), rest.join()]);
        }
        return Promise.resolve();
      });
      await other.query("SELECT GET_LOCK('td.station.7', 0)");
      const demoting = store.demote(
        [...lines].map(([id, some]) => ({ id: BigInt(id), lines: some.join('\n') })),
      );
      await sleep(500);
      await other.query("SELECT RELEASE_LOCK('td.station.7')");
      expect(await demoting).toBe(STATIONS);
      expect(await readMarkets(server, database)).toEqual(imported(ALL));
    }));

  test('a row the server refuses costs its station only', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await server.sql(
        `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
         IF NEW.station_id = 7 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF`,
        database,
      );
      expect(await importInto(store, [dump()])).toMatchObject([{ markets: STATIONS - 1, deferred: 0 }]);
      expect(await readMarkets(server, database)).toEqual(imported(ALL.filter((id) => id !== 7)));
    }));
});
