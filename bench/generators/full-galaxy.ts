import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { DaemonDatabase } from '../harness/daemon.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { GOODS, groupsOf } from './markets.ts';

/** Rows of a market: 94,000 have 19 million. */
const ROWS_A_MARKET = 202;
/** Of the places that have no market. */
const STATIONS_A_MARKET = 8;
const MARKETS_A_SYSTEM = 2;
/** Markets are as thick as in the bubble: some 350 within 50 ly of the middle when there are 94,000. */
const LY3_A_MARKET = 1_500;
/** Markets of a transaction: a million rows. */
const MARKETS_AT_ONCE = 5_000;

interface PlantedRow {
  readonly good: Commodity;
  readonly isSold: boolean;
  /** Credits. */
  readonly price: number;
}

export interface FullGalaxy {
  readonly marketIds: readonly number[];
  /** System of each market. */
  readonly systemOf: (market: number) => string;
  /** What was planted in each market. */
  readonly rowsOf: (market: number) => PlantedRow[];
  readonly rows: number;
}

/**
 * Plants so many markets of {@link ROWS_A_MARKET} rows around the system "System 0", each as old as it happens, and
 * seven other stations for each. Everybody sells or buys the first good, which is asked for.
 */
export async function plantFullGalaxy(database: DaemonDatabase, markets: number): Promise<FullGalaxy> {
  const { execute, backend } = database;
  const random = new SeededRandom(17);
  const sideLy = Math.cbrt(markets * LY3_A_MARKET);
  const marketIds = Array.from({ length: markets }, (_, i) => 3_200_000_000 + i * 256);
  const begin = backend === 'SQLite' ? 'BEGIN' : 'START TRANSACTION';
  const inTransaction = async (work: () => Promise<void>) => {
    await execute(begin);
    await work();
    await execute('COMMIT');
  };
  const systems = Math.ceil(markets / MARKETS_A_SYSTEM);
  const at = (i: number) => (i === 0 ? 0 : Math.round(random.between(-sideLy / 2, sideLy / 2) * 32) / 32);
  await inTransaction(async () => {
    for (const group of groupsOf(
      Array.from({ length: systems }, (_, i) => i),
      1_000,
    )) {
      const values = group.map((i) => `(${i + 1}, 'System ${i}', ${at(i)}, ${at(i)}, ${at(i)})`);
      await execute(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES ${values.join()}`);
    }
  });
  const stations = Array.from({ length: markets * STATIONS_A_MARKET }, (_, i) => i);
  await inTransaction(async () => {
    for (const group of groupsOf(stations, 1_000)) {
      const values = group.map((i) => {
        const id = i < markets ? marketIds[i]! : 4_100_000_000 + i;
        const ls = Math.round(10 ** random.between(1, 4));
        const pad = 'SML?'[random.integer(0, 3)]!;
        const has = i < markets ? 'Y' : 'N';
        return `(${id}, 'Port ${i}', ${1 + (i % systems)}, ${ls}, '${pad}', 'N', 2, '${has}', '2026-01-01 00:00:00')`;
      });
      await execute(
        `INSERT INTO Station (station_id, name, system_id, ls_from_star, max_pad_size, planetary, type_id, market, modified)
         VALUES ${values.join()}`,
      );
    }
  });
  const firstGoods = await plantMarkets(database, marketIds, random);
  await database.settle();
  return {
    marketIds,
    rowsOf: (market) => plantedRows(marketIds[market]!, firstGoods[market]!),
    systemOf: (market) => `System ${market % systems}`,
    rows: markets * ROWS_A_MARKET,
  };
}

/** What the statement of {@link plantMarkets} makes of a market. */
function plantedRows(marketId: number, first: number): PlantedRow[] {
  const goods = [GOODS[0]!, ...GOODS.slice(first, first + ROWS_A_MARKET - 1)];
  return goods.map((good) => {
    const hash = marketId * 7_919 + good.id * 104_729;
    return { good, isSold: (hash % 1_009) % 2 === 1, price: 100 + (hash % 49_901) };
  });
}

/**
 * The rows are made by the database itself, and indexed when all are there: row by row in three indexes that outgrow
 * every cache, 19 million take many times as long. @returns of each market where in the list its goods begin, but for
 * the first good, which everybody has
 */
async function plantMarkets(
  { execute, backend }: DaemonDatabase,
  marketIds: readonly number[],
  random: SeededRandom,
): Promise<number[]> {
  const firstGoods = marketIds.map(() => 1 + random.integer(0, GOODS.length - ROWS_A_MARKET));
  const isSqlite = backend === 'SQLite';
  const indexes = [
    ['si_mod_stn_itm', '(modified, station_id, item_id)'],
    ...['demand', 'supply'].map((side) => [
      `si_itm_${side === 'demand' ? 'dmdpr' : 'suppr'}`,
      `(item_id, ${side}_price)${isSqlite ? ` WHERE ${side}_price > 0` : ''}`,
    ]),
  ];
  if (!isSqlite) await execute('SET SESSION foreign_key_checks = 0, unique_checks = 0');
  for (const [name] of indexes) await execute(`DROP INDEX ${name}${isSqlite ? '' : ' ON StationItem'}`);
  await execute('CREATE TEMPORARY TABLE planted (station_id BIGINT PRIMARY KEY, first INT, seen DATETIME)');
  const nowMs = Date.now();
  for (const group of groupsOf([...marketIds.entries()], MARKETS_AT_ONCE)) {
    const values = group.map(([market, id]) => {
      const first = GOODS[firstGoods[market]!]!.id;
      const seen = new Date(nowMs - 1_000 * 10 ** random.between(2, 6.4)).toISOString();
      return `(${id}, ${first}, '${seen.slice(0, 19).replace('T', ' ')}')`;
    });
    await execute(`INSERT INTO planted VALUES ${values.join()}`);
    const hash = 'p.station_id * 7919 + i.item_id * 104729';
    const side = (isSold: 0 | 1, value: string) =>
      `CASE WHEN (${hash}) % 1009 % 2 = ${isSold} THEN ${value} ELSE 0 END`;
    const sideOf = (isSold: 0 | 1) =>
      [`100 + (${hash}) % 49901`, `1 + (${hash}) % 10000`, '2'].map((value) => side(isSold, value));
    await execute(
      `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
         supply_units, supply_level, modified, from_live)
       SELECT p.station_id, i.item_id, ${sideOf(0).join()}, ${sideOf(1).join()}, p.seen, 0
       FROM planted p JOIN Item i
         ON i.item_id = ${GOODS[0]!.id} OR i.item_id BETWEEN p.first AND p.first + ${ROWS_A_MARKET - 2}
       ORDER BY p.station_id, i.item_id`,
    );
    await execute('DELETE FROM planted');
  }
  for (const [name, columns] of indexes) await execute(`CREATE INDEX ${name} ON StationItem ${columns}`);
  if (!isSqlite) await execute('SET SESSION foreign_key_checks = 1, unique_checks = 1');
  return firstGoods;
}
