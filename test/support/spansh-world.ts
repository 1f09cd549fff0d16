import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import { startProgram, writeConfig, type Program, type ProgramProcess, type Start } from './daemon.ts';
import { startHere } from './here.ts';
import { aCommodity, aMarket, aStation, aSystem, dumpOf, spanshTime } from './dump.ts';
import { startDumpServer, type DumpServer } from './dump-server.ts';
import { marketRows, withDatabase, type MarketRow } from './galaxy.ts';
import { mariadbRows, writeDbConfig } from './mariadb-galaxy.ts';
import type { MariadbServer } from './mariadb-server.ts';
import { commodity, commodityMessage, frame } from './messages.ts';
import { startRelay, type Relay } from './relay.ts';
import { tempDir } from './temp-dir.ts';

/** Dumps tell of the last days: times count back from now. */
export const NOW_S = Math.floor(Date.now() / 1000);
const SHIP = { name: 'Sidewinder', symbol: 'SideWinder', shipId: 128_049_249 };
const MODULE = {
  name: 'Pulse Laser',
  moduleId: 128_049_381,
  class: 1,
  rating: 'F',
  category: 'hardpoint',
  ship: null,
};

export const market = (sellPrice: number, agoS: number) => aMarket([aCommodity({ sellPrice })], NOW_S - agoS);
export const GALILEO = 128_016_640;
export const DAEDALUS = 128_016_896;

/** Sol with two ports and a carrier above 2^32. */
export function dump({ galileo = market(9_400, 3_600), more = [] as unknown[] } = {}): Buffer {
  const updateTime = spanshTime(NOW_S - 100);
  const yard = { shipyard: { ships: [SHIP], updateTime }, outfitting: { modules: [MODULE], updateTime } };
  const sol = aSystem({
    stations: [
      aStation({ type: 'Orbis Starport', updateTime, market: galileo, ...yard }),
      aStation({ id: DAEDALUS, name: "Daedalus' Höhe", updateTime, market: market(8_000, 7_200) }),
      aStation({ id: 3_700_000_256, name: 'X1Z-44K', type: 'Drake-Class Carrier', updateTime }),
    ],
  });
  const far = aSystem({ id64: 99, name: 'Far Away', coords: { x: 25_899.96875, y: -1.5, z: 0.03125 } });
  return gzipSync(dumpOf(sol, far, ...more));
}

/** Of the stations in {@link gridDump}. */
export const gridStationId = (system: number, station: number) => 128_000_000 + system * 100 + station;

/** So many systems `System 0` ... with as many stations `Station 0` ... each, all of them seen so long ago. */
export function gridDump(systems: number, stations: number, agoS: number, sellPrice: number): Buffer {
  const grid = Array.from({ length: systems }, (_, i) =>
    aSystem({
      id64: 1_000 + i,
      name: `System ${i}`,
      stations: Array.from({ length: stations }, (__, j) =>
        aStation({
          id: gridStationId(i, j),
          name: `Station ${j}`,
          updateTime: spanshTime(NOW_S - agoS),
          market: market(sellPrice, agoS),
        }),
      ),
    }),
  );
  return gzipSync(dumpOf(...grid));
}

/** A server of dumps, a relay, and a directory for the daemon between them. */
export interface World {
  readonly server: DumpServer;
  readonly relay: Relay;
  readonly cwd: string;
  /** The SQLite file, if it is one. */
  readonly database: string;
  /** StationItem, whole, in its own order. */
  readonly rows: () => Promise<MarketRow[]>;
  /** Changes something in it. */
  readonly sql: (statement: string) => Promise<void>;
  /** By which a program finds the database. */
  readonly env: Readonly<Record<string, string>>;
  /** In a process of its own. */
  readonly start: (env?: Record<string, string>) => ProgramProcess;
  /** In this process. */
  readonly startHere: (env?: Record<string, string>) => Program;
  readonly publish: (marketId: number, stationName: string, sellPrice: number, agoS: number) => Promise<void>;
}

export interface WorldOptions {
  readonly body?: Buffer;
  readonly config?: object;
  /** Where the daemon's database is; absent: SQLite. */
  readonly mariadb?: MariadbServer | undefined;
}

export async function world({ body = dump(), config = {}, mariadb }: WorldOptions = {}): Promise<World> {
  const server = await startDumpServer(body);
  const relay = await startRelay();
  const cwd = tempDir();
  writeConfig(cwd, {
    eddn_url: relay.url,
    spansh_url: `${server.url}/galaxy_stations.json.gz`,
    export_path: './data',
    export_live_every_x_min: 0.01,
    listener_processor_rate_every: 1,
    ...config,
  });
  onTestFinished(() => relay.close());
  const database = join(cwd, 'data/TradeDangerous.db');
  const schema = await mariadb?.createDatabase();
  const dbConfig: Record<string, string> =
    mariadb === undefined || schema === undefined
      ? {}
      : { TD_DB_CONFIG: writeDbConfig(cwd, mariadb, schema) };
  function started<P extends Program>(start: Start<P>, env = {}): P {
    const program = start({ cwd, args: [], env: { ...dbConfig, ...env } });
    onTestFinished(() => program.end());
    // Until the relay has noticed it is taken for the next one, which would miss what is published.
    const exit = program.exit.then(async (ended) => {
      await relay.waitForSubscribers(0);
      return ended;
    });
    return { ...program, exit };
  }
  return {
    server,
    relay,
    cwd,
    database,
    env: dbConfig,
    rows: () =>
      mariadb === undefined || schema === undefined
        ? Promise.resolve(marketRows(database))
        : mariadbRows(mariadb, schema),
    async sql(statement) {
      if (mariadb === undefined || schema === undefined) withDatabase(database, (db) => db.exec(statement));
      else await mariadb.sql(statement, schema);
    },
    start: (env) => started(startProgram, env),
    startHere: (env) => started(startHere, env),
    publish: (marketId, stationName, sellPrice, agoS) =>
      relay.publish(
        frame(
          commodityMessage({
            marketId,
            stationName,
            commodities: [commodity('gold', { sellPrice })],
            timestamp: new Date((NOW_S - agoS) * 1000).toISOString(),
          }),
        ),
      ),
  };
}

export async function stop(program: Program): Promise<void> {
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
}
